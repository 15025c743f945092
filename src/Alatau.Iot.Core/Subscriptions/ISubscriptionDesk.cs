using Alatau.Iot.Core.Files;

namespace Alatau.Iot.Core.Subscriptions;

/// <summary>What became of a change to a subscription.</summary>
public enum SubscriptionVerdict : byte
{
    /// <summary>It is new.</summary>
    Created,

    /// <summary>It took the place of the one of that name.</summary>
    Replaced,

    /// <summary>It is gone.</summary>
    Removed,

    /// <summary>There is none of that name.</summary>
    Unknown,

    /// <summary>It comes from a file under devices/subscriptions, or belongs to the platform itself: only there can it be changed.</summary>
    NotHere,

    /// <summary>Something in it is wrong; the faults say what.</summary>
    Faulty,
}

/// <param name="Verdict">What became of it.</param>
/// <param name="Faults">What is wrong; empty unless <see cref="SubscriptionVerdict.Faulty"/>.</param>
public sealed record SubscriptionEdit(SubscriptionVerdict Verdict, IReadOnlyList<FileFault> Faults);

/// <summary>Which deliveries are asked for; a part that is null takes all.</summary>
/// <param name="Subscription">Only of this subscription.</param>
/// <param name="Alarm">Only those that tell of this alarm.</param>
/// <param name="State">Only in this state.</param>
/// <param name="Before">Only with a smaller number; for the next page.</param>
/// <param name="Limit">At most so many.</param>
public sealed record DeliveryQuery(string? Subscription, string? Alarm, DeliveryState? State, long Before = long.MaxValue, int Limit = 100);

/// <summary>Where people look at subscriptions, change and test them, and follow what was delivered. Any thread.</summary>
public interface ISubscriptionDesk
{
    /// <summary>A subscription as JSON, in the words of its file, secrets replaced; null when there is none of that name, or it belongs to the platform itself.</summary>
    string? Definition(string name);

    /// <summary>Creates or replaces a subscription and keeps it on disk.</summary>
    /// <param name="name">Lower case letters, digits and dashes, at most 64.</param>
    /// <param name="json">UTF-8, in the words of a file under devices/subscriptions.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="IOException">It can't be kept on disk; nothing has changed.</exception>
    ValueTask<SubscriptionEdit> SaveAsync(string name, ReadOnlyMemory<byte> json, CancellationToken cancellationToken);

    /// <summary>Removes a subscription; what waits for its targets becomes dead letters.</summary>
    /// <exception cref="IOException">It can't be removed from disk; nothing has changed.</exception>
    ValueTask<SubscriptionEdit> RemoveAsync(string name, CancellationToken cancellationToken);

    /// <summary>Sends a test to every target of a subscription, whatever its schedule says, and waits until each was tried once.</summary>
    /// <returns>The deliveries after that try, or as they stand when the token is cancelled; null when there is no such subscription.</returns>
    ValueTask<IReadOnlyList<DeliveryView>?> TestAsync(string name, CancellationToken cancellationToken);

    /// <summary>Deliveries, newest first: all that wait, all dead letters, and the latest of the others.</summary>
    IReadOnlyList<DeliveryView> Deliveries(DeliveryQuery query);

    /// <summary>One delivery; null when it is not kept any more.</summary>
    DeliveryView? Find(long number);

    /// <summary>Sends a dead letter again.</summary>
    /// <returns>False when it is no dead letter, or its target is gone.</returns>
    bool Replay(long number);
}
