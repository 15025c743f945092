using Alatau.Iot.Core.Subscriptions;

namespace Alatau.Iot.Core.Alarms;

/// <summary>One way to tell a subscriber of alarms, and one place to tell it. A new way derives <c>NotifierConformance</c>.</summary>
/// <remarks>Called for one notification after another, never concurrently. The caller retries; a notifier must bear the same notification twice.</remarks>
public interface INotifier
{
    /// <summary>Unique among all subscriptions.</summary>
    string Name { get; }

    /// <summary>The means: <c>mqtt</c>, <c>webhook</c>, <c>email</c>.</summary>
    string Means { get; }

    /// <summary>Where to, for people; never a secret.</summary>
    string Target { get; }

    /// <summary>Tells one notification.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled. Nothing else is thrown for a target that fails.</exception>
    ValueTask<DeliveryResult> DeliverAsync(Notification notification, CancellationToken cancellationToken);
}
