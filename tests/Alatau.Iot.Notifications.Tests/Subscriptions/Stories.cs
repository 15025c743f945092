using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Notifications.Subscriptions;

namespace Alatau.Iot.Notifications.Tests.Subscriptions;

/// <summary>Makes steps of alarms and runs the rules of a subscription by a clock that jumps from one due time to the next.</summary>
internal sealed class Story(Subscription subscription)
{
    /// <summary>2026-11-22T05:00:00Z, a Sunday, 10:00 in Almaty.</summary>
    public static readonly Instant Start = new(1_795_323_600_000);

    private readonly SubscriptionRules _rules = new(subscription, _ => AssetKind.Meter);

    /// <summary>When one who wakes the rules only as they asked for would wake them.</summary>
    private Instant _armedFor = Instant.MaxValue;

    public SubscriptionState State { get; } = new();

    public List<Notification> Told { get; } = [];

    public Instant Now { get; private set; } = Start;

    public static Subscription Subscription(SubscriptionScope? scope = null, params SubscriptionTarget[] targets) => new("story", scope ?? SubscriptionScope.All, targets);

    public static AlarmTransition Step(int meter, AlarmState to, Instant at, Instant? raisedAt = null, AlarmSeverity severity = AlarmSeverity.High, AlarmState from = AlarmState.Normal)
    {
        var asset = AssetId.Of("gate", $"meter-{meter}");
        var raised = raisedAt ?? at;
        return new AlarmTransition(AlarmTransition.IdOf(asset, "voltage-high", raised), asset, "voltage-high", "Voltage", severity, from, to, at, raised, 254, "platform", $"step {at}");
    }

    public void Take(AlarmTransition step)
    {
        _rules.Take(State, step, Now, Told);
        _armedFor = Instant.Min(_armedFor, _rules.SoonestAfterStep(State, step, Now));
        var due = _rules.NextDue(State, Now);
        Assert.True(_armedFor <= due, $"{step} at {Now} is due {due}, asked for {_armedFor}");
    }

    /// <summary>Lets time pass, waking the rules whenever they asked for it.</summary>
    public void Advance(TimeSpan span)
    {
        var end = Now + span;
        for (int wakes = 0; _rules.NextDue(State, Now) is { } due && due <= end; wakes++)
        {
            Assert.True(wakes < 100_000, "the rules ask to be woken for ever");
            Now = Instant.Max(due, Now + TimeSpan.FromMilliseconds(1));
            _rules.Tick(State, Now, Told);
            _armedFor = _rules.NextDue(State, Now);
        }

        Now = Instant.Max(Now, end);
    }

    /// <summary>Lets time pass without waking the rules, as when the platform is stopped, and starts them again.</summary>
    public void Sleep(TimeSpan span)
    {
        Now += span;
        _rules.Tick(State, Now, Told);
        _armedFor = _rules.NextDue(State, Now);
    }
}
