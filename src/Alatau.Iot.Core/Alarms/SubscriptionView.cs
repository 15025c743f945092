namespace Alatau.Iot.Core.Alarms;

/// <summary>One subscription and how its deliveries went, as seen from outside.</summary>
/// <param name="Name">Unique among all subscriptions.</param>
/// <param name="Means">How it is delivered: <c>mqtt</c>, <c>sse</c>, <c>webhook</c>, <c>email</c>.</param>
/// <param name="Target">Where to: a topic, an address; never a secret.</param>
/// <param name="Scope">What it takes, for people: <c>all</c>, <c>site green</c>, <c>severity high and above</c>.</param>
/// <param name="Delivered">Transitions delivered since the start.</param>
/// <param name="Retried">Attempts that failed and were tried again.</param>
/// <param name="DeadLettered">Transitions given up after the last attempt, or pushed out of a full queue.</param>
/// <param name="Waiting">Transitions in its queue now.</param>
/// <param name="LastError">Of the latest failed attempt; null when none failed.</param>
public sealed record SubscriptionView(string Name, string Means, string Target, string Scope, long Delivered, long Retried, long DeadLettered, int Waiting, string? LastError);
