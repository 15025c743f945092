using Alatau.Iot.Core.Subscriptions;

namespace Alatau.Iot.Notifications.Dispatching;

/// <summary>All deliveries that wait, and the latest of those that are delivered or given up. Any thread.</summary>
/// <param name="history">So many delivered ones are kept, and so many dead letters.</param>
internal sealed class DeliveryBook(int history)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Delivery> _all = [];
    private readonly Queue<long> _delivered = new();
    private readonly Queue<long> _dead = new();
    private long _last;
    private long _forgotten;

    /// <summary>Dead letters that made room for younger ones.</summary>
    public long Forgotten => Interlocked.Read(ref _forgotten);

    /// <summary>Enters a new delivery.</summary>
    public Delivery Add(Notification notification, string means, string target)
    {
        lock (_gate)
        {
            var delivery = new Delivery(++_last, notification, means, target);
            _all.Add(delivery.Number, delivery);
            return delivery;
        }
    }

    /// <summary>Enters one that was kept over a restart.</summary>
    public void Restore(Delivery delivery)
    {
        lock (_gate)
        {
            _all[delivery.Number] = delivery;
            _last = Math.Max(_last, delivery.Number);
        }

        Settled(delivery);
    }

    /// <summary>To be told when a delivery is delivered or given up: the oldest of its kind may have to go.</summary>
    public void Settled(Delivery delivery)
    {
        var state = delivery.State;
        if (state == DeliveryState.Waiting)
        {
            return;
        }

        lock (_gate)
        {
            var queue = state == DeliveryState.Delivered ? _delivered : _dead;
            queue.Enqueue(delivery.Number);
            while (queue.Count > history)
            {
                // A dead letter that was sent again stands in the queue of before; it is none any more.
                long oldest = queue.Dequeue();
                if (_all.TryGetValue(oldest, out var old) && old.State == state && !queue.Contains(oldest))
                {
                    _all.Remove(oldest);
                    _forgotten += state == DeliveryState.DeadLetter ? 1 : 0;
                }
            }
        }
    }

    public Delivery? Find(long number)
    {
        lock (_gate)
        {
            return _all.GetValueOrDefault(number);
        }
    }

    /// <summary>By number.</summary>
    public IReadOnlyList<Delivery> All()
    {
        lock (_gate)
        {
            return [.. _all.Values];
        }
    }

    public IReadOnlyList<DeliveryView> List(DeliveryQuery query) =>
    [
        .. All().Reverse()
            .Where(d => d.Number < query.Before
                && (query.Subscription is null || d.Notification.Subscription == query.Subscription)
                && (query.State is null || d.State == query.State)
                && (query.Alarm is null || d.Notification.Transitions.Any(t => t.AlarmId == query.Alarm)))
            .Take(query.Limit)
            .Select(d => d.View()),
    ];
}
