using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Notifications.Dispatching;

/// <summary>From the shards to the subscriptions: transitions are put into one bounded hand-off queue, and an Rx pipeline on the scheduler gives each to the subscriptions whose scope takes it: the platform's own
/// here, those of people by way of <see cref="Transitions"/>.</summary>
/// <remarks>Quiet steps, of alarms that an outage suppressed from their first step on, go to nobody: the outage is told. A shard never waits here: with the hand-off full the transition is lost to the subscriptions (never to the store) and counted.</remarks>
public sealed class AlarmDispatcher : IAssetUpdateSink, ISubscriptionSource, IMetricSource, IDisposable
{
    private readonly ConcurrentQueue<AlarmTransition> _handOff = new();
    private readonly Subject<AlarmTransition> _transitions = new();
    private readonly Lock _random = new();
    private readonly IScheduler _scheduler;
    private readonly DispatchOptions _options;
    private readonly (AlarmSubscription Subscription, DeliveryLane Lane)[] _lanes;
    private readonly IDisposable[] _links;
    private TaskCompletionSource? _idle;
    private int _waiting;
    private int _isDraining;
    private long _outstanding;
    private long _overflow;

    /// <param name="subscriptions">Who is told of what.</param>
    /// <param name="options">Bounds and patience.</param>
    /// <param name="scheduler">Where everything behind the hand-off runs; the thread pool's in production.</param>
    /// <param name="random">Of the jitter.</param>
    /// <param name="kindOf">Kind of an asset.</param>
    public AlarmDispatcher(IEnumerable<AlarmSubscription> subscriptions, DispatchOptions options, IScheduler scheduler, Random random, Func<AssetId, AssetKind> kindOf)
    {
        (_options, _scheduler) = (options, scheduler);
        _lanes = [.. subscriptions.Select(s => (s, new DeliveryLane(s.Notifier, options, new CircuitBreaker(options.BreakAfter, options.BreakFor), scheduler, Jitter, Changed)))];
        _links =
        [
            .. _lanes.Select(to => _transitions.Where(t => to.Subscription.Scope.TakesAlarm(t, kindOf) && to.Subscription.Scope.TakesStep(t)).Subscribe(transition =>
            {
                Interlocked.Increment(ref _outstanding);
                var notifier = to.Subscription.Notifier;
                to.Lane.Offer(new Delivery(0, Notification.Of(transition, notifier.Name, Instant.From(scheduler.Now)), notifier.Means, notifier.Target));
            })),
        ];

        double Jitter()
        {
            lock (_random)
            {
                return random.NextDouble();
            }
        }
    }

    /// <summary>Transitions that found the hand-off full.</summary>
    public long Overflow => Interlocked.Read(ref _overflow);

    public void OnUpdate(int shard, AssetUpdate update)
    {
        var transitions = update.Transitions;
        for (int i = 0; i < transitions.Count; i++)
        {
            if (!transitions[i].IsQuiet)
            {
                Post(transitions[i]);
            }
        }
    }

    public void OnPause(int shard)
    {
    }

    /// <summary>Every transition, in the order it was posted, on the scheduler. A subscriber must not take its time.</summary>
    public IObservable<AlarmTransition> Transitions => _transitions.AsObservable();

    public IReadOnlyList<SubscriptionView> List() => [.. _lanes.Select(View)];

    public void WriteMetrics(IMetricWriter writer)
    {
        writer.Gauge("notification_hand_off_transitions", "Alarm transitions between the shards and the subscriptions.", Volatile.Read(ref _waiting));
        writer.Counter("notification_hand_off_overflow", "Alarm transitions that found the hand-off full.", Overflow);
    }

    /// <summary>Completes when everything posted before has been delivered or given up; at a stop, with a time limit.</summary>
    public Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        var idle = _idle;
        while (idle is null)
        {
            Interlocked.CompareExchange(ref _idle, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);
            idle = _idle;
        }

        Settled(0);
        return idle.Task.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        foreach (var link in _links)
        {
            link.Dispose();
        }

        foreach (var (_, lane) in _lanes)
        {
            Settled(lane.Close().Count);
        }

        _transitions.Dispose();
    }

    private static SubscriptionView View((AlarmSubscription Subscription, DeliveryLane Lane) of)
    {
        var notifier = of.Subscription.Notifier;
        var counts = of.Lane.Counts;
        return new SubscriptionView(
            notifier.Name, notifier.Means, notifier.Target, of.Subscription.Scope.ToString(), counts.Delivered, counts.Retried, counts.DeadLettered, counts.Waiting, counts.LastError)
        {
            TargetsResting = of.Lane.IsResting ? 1 : 0,
        };
    }

    private void Changed(Delivery delivery)
    {
        if (delivery.State != DeliveryState.Waiting)
        {
            Settled(1);
        }
    }

    private void Post(AlarmTransition transition)
    {
        if (Interlocked.Increment(ref _waiting) > _options.HandOff)
        {
            Interlocked.Decrement(ref _waiting);
            Interlocked.Increment(ref _overflow);
            return;
        }

        Interlocked.Increment(ref _outstanding);
        _handOff.Enqueue(transition);
        if (Interlocked.Exchange(ref _isDraining, 1) == 0)
        {
            _scheduler.Schedule(Drain);
        }
    }

    private void Drain()
    {
        do
        {
            while (_handOff.TryDequeue(out var transition))
            {
                Interlocked.Decrement(ref _waiting);
                if (!_transitions.IsDisposed)
                {
                    _transitions.OnNext(transition);
                }

                Settled(1);
            }

            Volatile.Write(ref _isDraining, 0);
        }
        while (!_handOff.IsEmpty && Interlocked.Exchange(ref _isDraining, 1) == 0);
    }

    private void Settled(int transitions)
    {
        if (Interlocked.Add(ref _outstanding, -transitions) == 0)
        {
            Interlocked.Exchange(ref _idle, null)?.TrySetResult();
        }
    }
}
