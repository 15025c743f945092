namespace Alatau.Iot.Core.Alarms;

/// <summary>One subscription and how its deliveries went, as seen from outside.</summary>
/// <param name="Name">Unique among all subscriptions.</param>
/// <param name="Means">How it is delivered: <c>mqtt</c>, <c>sse</c>, <c>webhook</c>, <c>email</c>.</param>
/// <param name="Target">Where to: a topic, an address; never a secret.</param>
/// <param name="Scope">What it takes, for people: <c>all</c>, <c>site green</c>, <c>severity high and above</c>.</param>
/// <param name="Delivered">Transitions delivered since the start.</param>
/// <param name="Retried">Attempts that failed and were tried again.</param>
/// <param name="DeadLettered">Transitions given up and kept aside.</param>
/// <param name="Waiting">Transitions in its queue now.</param>
/// <param name="LastError">Of the latest failed attempt; null when none failed.</param>
public sealed record SubscriptionView(string Name, string Means, string Target, string Scope, long Delivered, long Retried, long DeadLettered, int Waiting, string? LastError)
{
    /// <summary>Where it comes from: <c>platform</c>, <c>file</c> or <c>api</c>. Only the last can be changed by the API.</summary>
    public string Origin { get; init; } = "platform";

    /// <summary>What a person calls it; empty when nobody gave it a title.</summary>
    public string Title { get; init; } = "";

    /// <summary>When and how often it tells, for people; empty when at once and always.</summary>
    public string Timing { get; init; } = "";

    /// <summary>Steps held back now: for a digest, by quiet hours or by the rate limit.</summary>
    public int Held { get; init; }

    /// <summary>Steps that came while it was off duty.</summary>
    public long OffDuty { get; init; }

    /// <summary>Targets that are left alone for a while after failing several times in a row.</summary>
    public int TargetsResting { get; init; }
}
