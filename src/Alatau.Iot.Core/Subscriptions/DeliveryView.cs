using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Subscriptions;

/// <summary>How far a delivery is.</summary>
public enum DeliveryState : byte
{
    /// <summary>Not yet tried, or to be tried again.</summary>
    Waiting,

    /// <summary>The target has it.</summary>
    Delivered,

    /// <summary>Given up; a person may send it again.</summary>
    DeadLetter,
}

/// <summary>One notification on its way to one target, as seen from outside.</summary>
/// <param name="Number">From 1, in the order they were made; never used twice.</param>
/// <param name="Key">The notification's key, by which a target knows what it has already.</param>
/// <param name="Subscription">Whose.</param>
/// <param name="Means">How: <c>webhook</c>, <c>email</c>.</param>
/// <param name="Target">Where to; never a secret.</param>
/// <param name="Kind">Why it is told.</param>
/// <param name="Title">What it says, in one line.</param>
/// <param name="Alarms">Ids of the alarms it tells of.</param>
/// <param name="State">How far it is.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Attempts">Tries so far.</param>
/// <param name="TriedAt">Latest try; null before the first.</param>
/// <param name="NextAt">Next try, when it waits for one after a failure; else null.</param>
/// <param name="Problem">Why the latest try failed, or why it was given up; null when nothing failed.</param>
/// <param name="Answer">What the target said to the try that it took; empty when it said nothing.</param>
public sealed record DeliveryView(
    long Number,
    string Key,
    string Subscription,
    string Means,
    string Target,
    NotificationKind Kind,
    string Title,
    IReadOnlyList<string> Alarms,
    DeliveryState State,
    Instant CreatedAt,
    int Attempts,
    Instant? TriedAt,
    Instant? NextAt,
    string? Problem,
    string Answer);
