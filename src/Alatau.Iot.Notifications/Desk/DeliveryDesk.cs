using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Notifications.Dispatching;
using Alatau.Iot.Notifications.Keeping;
using Alatau.Iot.Notifications.Subscriptions;

namespace Alatau.Iot.Notifications.Desk;

/// <summary>What all runners share: options, time, the book of deliveries and the disk behind it, and one breaker for each peer.</summary>
internal sealed class DeliveryDesk(
    DispatchOptions options, IScheduler scheduler, Func<double> jitter, DeliveryBook book, NotificationKeeper keeper, Func<AssetId, AssetKind> kindOf, Func<SubscriptionTarget, string, INotifier> make)
{
    private readonly ConcurrentDictionary<string, CircuitBreaker> _breakers = new(StringComparer.OrdinalIgnoreCase);

    public IScheduler Scheduler => scheduler;

    public NotificationKeeper Keeper => keeper;

    public DeliveryBook Book => book;

    public Func<AssetId, AssetKind> KindOf => kindOf;

    /// <summary>A lane to a target of a subscription, with the breaker of its peer.</summary>
    public DeliveryLane Lane(Subscription subscription, SubscriptionTarget target) => new(
        make(target, $"{subscription.Name} → {target.Address}"),
        options,
        _breakers.GetOrAdd($"{target.Means} {target.Peer}", _ => new CircuitBreaker(options.BreakAfter, options.BreakFor)),
        scheduler,
        jitter,
        Changed);

    /// <summary>Tries a target once, beside its lane: a test doesn't wait behind what doesn't get through, and says at once whether it would.</summary>
    public async Task<Delivery> TryOnceAsync(SubscriptionTarget target, Notification notification, CancellationToken cancellationToken)
    {
        var once = new DispatchOptions { Attempts = 1, AttemptTime = options.AttemptTime };
        var delivery = Enter(notification, target.Means, target.Address);
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var lane = new DeliveryLane(make(target, $"test of {target.Address}"), once, new CircuitBreaker(int.MaxValue, TimeSpan.Zero), scheduler, jitter, changed =>
        {
            Changed(changed);
            settled.TrySetResult();
        });
        lane.Offer(delivery);
        try
        {
            await settled.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lane.Close();
            if (delivery.State == DeliveryState.Waiting)
            {
                GiveUp(delivery, "The test was not waited for.");
            }
        }

        return delivery;
    }

    /// <summary>Enters a new delivery into the book and onto the disk.</summary>
    public Delivery Enter(Notification notification, string means, string target)
    {
        var delivery = book.Add(notification, means, target);
        keeper.Note(delivery, isNew: true);
        return delivery;
    }

    public void GiveUp(Delivery delivery, string problem)
    {
        delivery.GiveUp(null, problem);
        Changed(delivery);
    }

    public void Changed(Delivery delivery)
    {
        book.Settled(delivery);
        keeper.Note(delivery, isNew: false);
    }
}
