namespace Alatau.Iot.Core.Alarms;

/// <summary>One way to tell a subscriber of an alarm's step. A new way derives <c>NotifierConformance</c>.</summary>
/// <remarks>Called for one transition after another, never concurrently. The caller retries; a notifier must bear the same transition twice.</remarks>
public interface INotifier
{
    /// <summary>Unique among all subscriptions.</summary>
    string Name { get; }

    /// <summary>The means: <c>mqtt</c>, <c>webhook</c>, <c>email</c>.</summary>
    string Means { get; }

    /// <summary>Where to, for people; never a secret.</summary>
    string Target { get; }

    /// <summary>Tells one transition.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled. Nothing else is thrown for a target that fails.</exception>
    ValueTask<DeliveryResult> DeliverAsync(AlarmTransition transition, CancellationToken cancellationToken);
}
