using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Notifications.Dispatching;
using Alatau.Iot.Notifications.Keeping;
using Alatau.Iot.Notifications.Subscriptions;

namespace Alatau.Iot.Notifications.Desk;

/// <summary>Runs one subscription: gives its rules the steps and the time, and what they tell to the lanes of its targets.</summary>
/// <remarks>A step costs its rules and a place in some queues; nothing here waits for a target or a disk.</remarks>
internal sealed class SubscriptionRunner : IDisposable
{
    /// <summary>Longest sleep; a clock that was set is noticed after it.</summary>
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly SerialDisposable _timer = new();
    private readonly SingleAssignmentDisposable _link = new();
    private readonly List<Notification> _told = [];
    private readonly DeliveryDesk _desk;
    private readonly SubscriptionRules _rules;
    private readonly SubscriptionState _state;
    private readonly (SubscriptionTarget Target, DeliveryLane Lane)[][] _levels;
    private Instant _armedFor = Instant.MaxValue;
    private KeptState? _last;
    private bool _isClosed;

    public SubscriptionRunner(LoadedSubscription loaded, DeliveryDesk desk, SubscriptionState state)
    {
        (Loaded, _desk, _state) = (loaded, desk, state);
        _rules = new SubscriptionRules(Subscription, desk.KindOf);
        _levels =
        [
            [.. Subscription.Targets.Select(t => (t, desk.Lane(Subscription, t)))],
            .. Subscription.Escalation.Select(e => e.Targets.Select(t => (t, desk.Lane(Subscription, t))).ToArray()),
        ];
    }

    public LoadedSubscription Loaded { get; }

    public Subscription Subscription => Loaded.Subscription;

    /// <summary>Begins to take steps and to let time pass.</summary>
    public void Start(IObservable<AlarmTransition> transitions)
    {
        _desk.Keeper.NoteState(Subscription.Name, Kept);
        _link.Disposable = transitions.Subscribe(Take);
        Tick();
    }

    /// <summary>Puts a delivery into the lane of its target; false when this subscription has no such target.</summary>
    public bool Offer(Delivery delivery)
    {
        foreach (var (target, lane) in _levels.SelectMany(l => l))
        {
            if (target.Means == delivery.Means && target.Address == delivery.Target)
            {
                lane.Offer(delivery);
                return true;
            }
        }

        return false;
    }

    public SubscriptionView View()
    {
        var lanes = _levels.SelectMany(l => l).Select(l => (l.Target, l.Lane, l.Lane.Counts)).ToArray();
        int held;
        long offDuty;
        lock (_gate)
        {
            (held, offDuty) = (_state.Held.Count + _state.Overflow.Count, _state.OffDuty);
        }

        return new SubscriptionView(
            Subscription.Name,
            string.Join(", ", lanes.Select(l => l.Target.Means).Distinct(StringComparer.Ordinal)),
            string.Join("; then ", _levels.Select(l => string.Join(", ", l.Select(t => t.Target.Address)))),
            Subscription.Scope.ToString(),
            lanes.Sum(l => l.Counts.Delivered),
            lanes.Sum(l => l.Counts.Retried),
            lanes.Sum(l => l.Counts.DeadLettered),
            lanes.Sum(l => l.Counts.Waiting),
            lanes.Select(l => l.Counts.LastError).FirstOrDefault(e => e is not null))
        {
            Origin = Loaded.IsFile ? "file" : "api",
            Title = Subscription.Title,
            Timing = Subscription.Timing,
            Held = held,
            OffDuty = offDuty,
            TargetsResting = lanes.Count(l => l.Lane.IsResting),
        };
    }

    /// <summary>Ends it; what waits is answered, and what it remembers may go on in another.</summary>
    public (SubscriptionState State, IReadOnlyList<Delivery> Waiting) Close()
    {
        lock (_gate)
        {
            // Another may go on with the state: what is still asked of this one is what it was.
            _last ??= KeptState.Of(_state);
            _isClosed = true;
        }

        _link.Dispose();
        _timer.Dispose();
        return (_state, [.. _levels.SelectMany(l => l).SelectMany(l => l.Lane.Close()).OrderBy(d => d.Number)]);
    }

    public void Dispose() => Close();

    private void Take(AlarmTransition step)
    {
        if (!Subscription.Scope.TakesAlarm(step, _desk.KindOf))
        {
            return;
        }

        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            var now = Instant.From(_desk.Scheduler.Now);
            _rules.Take(_state, step, now, _told);
            Tell();
            _desk.Keeper.NoteState(Subscription.Name, Kept);
            Arm(_rules.SoonestAfterStep(_state, step, now), now);
        }
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            var now = Instant.From(_desk.Scheduler.Now);
            _armedFor = Instant.MaxValue;
            _rules.Tick(_state, now, _told);
            if (_told.Count > 0)
            {
                Tell();
                _desk.Keeper.NoteState(Subscription.Name, Kept);
            }

            // Alarms that fall due one by one are told together instead of looked through once for each.
            Arm(Instant.Max(_rules.NextDue(_state, now), now + TimeSpan.FromMilliseconds(1 + (_state.Pursuits.Count / 10))), now);
        }
    }

    private void Arm(Instant due, Instant now)
    {
        due = _state.Held.IsEmpty && _state.Overflow.IsEmpty && _state.Pursuits.Count == 0 ? Instant.MaxValue : Instant.Min(due, now + s_longestSleep);
        if (due < _armedFor)
        {
            _armedFor = due;
            var wait = due - now;

            // A short wait may tick inside this call and arm again: that must not be ended by this schedule, so it takes its place first.
            var next = new SingleAssignmentDisposable();
            _timer.Disposable = next;
            next.Disposable = _desk.Scheduler.Schedule(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Tick);
        }
    }

    private void Tell()
    {
        foreach (var notification in _told)
        {
            var levels = notification.Kind == NotificationKind.Escalation ? _levels.Skip(notification.Level).Take(1) : _levels.Take(notification.Level + 1);
            foreach (var (target, lane) in levels.SelectMany(l => l).DistinctBy(l => (l.Target.Means, l.Target.Address)))
            {
                lane.Offer(_desk.Enter(notification, target.Means, target.Address));
            }
        }

        _told.Clear();
    }

    private KeptState Kept()
    {
        lock (_gate)
        {
            return _last ?? KeptState.Of(_state);
        }
    }
}
