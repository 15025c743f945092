using System.Reactive.Concurrency;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Notifications.Dispatching;
using Alatau.Iot.Notifications.Subscriptions;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Notifications.Tests.Dispatching;

public sealed class AlarmDispatcherTests
{
    private const int Seed = 11;

    private static readonly Instant s_start = new(1_795_323_600_000);
    private static readonly Task<DeliveryResult> s_delivered = Task.FromResult(DeliveryResult.Delivered);

    private readonly HistoricalScheduler _time = new();

    private static void Post(AlarmDispatcher dispatcher, params AlarmTransition[] transitions)
    {
        var update = new AssetUpdate();
        update.Reset(default, s_start, 0, 0);
        foreach (var transition in transitions)
        {
            update.Add(transition);
        }

        dispatcher.OnUpdate(0, update);
    }

    private static AlarmTransition Step(int number, string site = "gate", AlarmSeverity severity = AlarmSeverity.High)
    {
        var asset = AssetId.Of(site, "meter-1");
        var at = s_start + TimeSpan.FromSeconds(number);
        return new AlarmTransition(
            AlarmTransition.IdOf(asset, "voltage-high", at), asset, "voltage-high", "Voltage", severity, AlarmState.Normal, AlarmState.Unacknowledged, at, at, number, "platform", "");
    }

    private AlarmDispatcher Dispatcher(DispatchOptions options, params AlarmSubscription[] subscriptions) => new(subscriptions, options, _time, new Random(Seed), _ => AssetKind.Meter);

    [Fact]
    public void OnUpdate_Scopes_EachGetsItsOwnInOrder()
    {
        var all = new ScriptedNotifier("all", (_, _) => s_delivered);
        var golden = new ScriptedNotifier("golden", (_, _) => s_delivered);
        var severe = new ScriptedNotifier("severe", (_, _) => s_delivered);
        using var dispatcher = Dispatcher(
            new DispatchOptions(),
            new AlarmSubscription(all, SubscriptionScope.All),
            new AlarmSubscription(golden, new SubscriptionScope { Sites = new HashSet<string>(StringComparer.Ordinal) { "golden" } }),
            new AlarmSubscription(severe, new SubscriptionScope { Severity = AlarmSeverity.Critical }));
        Post(dispatcher, Step(1), Step(2, "golden"), Step(3, "gate", AlarmSeverity.Critical), Step(4, "golden", AlarmSeverity.Low));
        Assert.Empty(all.Delivered);
        _time.AdvanceBy(TimeSpan.FromSeconds(1));
        Assert.Equal([1, 2, 3, 4], all.Delivered.Select(t => t.Value!.Value));
        Assert.Equal([2, 4], golden.Delivered.Select(t => t.Value!.Value));
        Assert.Equal([3], severe.Delivered.Select(t => t.Value!.Value));
        Assert.Equal(["all", "site golden", "severity critical and above"], dispatcher.List().Select(s => s.Scope));
        Assert.Equal([4L, 2L, 1L], dispatcher.List().Select(s => s.Delivered));
    }

    [Fact]
    public void Deliver_TargetThatFailsThreeTimes_IsRetriedWithGrowingWaits()
    {
        var attempts = new List<DateTimeOffset>();
        var notifier = new ScriptedNotifier("flaky", (_, call) =>
        {
            attempts.Add(_time.Now);
            return call <= 3 ? Task.FromResult(DeliveryResult.Failed("503")) : s_delivered;
        });
        using var dispatcher = Dispatcher(new DispatchOptions(), new AlarmSubscription(notifier, SubscriptionScope.All));
        Post(dispatcher, Step(1), Step(2));
        _time.AdvanceBy(TimeSpan.FromMinutes(1));
        Assert.Equal([1, 2], notifier.Delivered.Select(t => t.Value!.Value));
        var waits = attempts.Zip(attempts.Skip(1), (a, b) => (b - a).TotalMilliseconds).Take(3).ToArray();
        Assert.InRange(waits[0], 250, 500);
        Assert.InRange(waits[1], 500, 1000);
        Assert.InRange(waits[2], 1000, 2000);
        var view = Assert.Single(dispatcher.List());
        Assert.Equal((2L, 3L, 0L, 0, "503"), (view.Delivered, view.Retried, view.DeadLettered, view.Waiting, view.LastError));
    }

    [Fact]
    public void Deliver_TargetThatNeverAnswersWell_GivesUpAndGoesOn()
    {
        var notifier = new ScriptedNotifier("dead", (t, _) => t.Value == 1 ? Task.FromResult(DeliveryResult.Failed("away")) : s_delivered);
        using var dispatcher = Dispatcher(new DispatchOptions { Attempts = 4 }, new AlarmSubscription(notifier, SubscriptionScope.All));
        Post(dispatcher, Step(1), Step(2));
        _time.AdvanceBy(TimeSpan.FromMinutes(5));
        Assert.Equal(5, notifier.Calls);
        var view = Assert.Single(dispatcher.List());
        Assert.Equal((1L, 3L, 1L, 0), (view.Delivered, view.Retried, view.DeadLettered, view.Waiting));
    }

    [Fact]
    public void Deliver_Refused_IsNotTriedAgain()
    {
        var notifier = new ScriptedNotifier("strict", (_, _) => Task.FromResult(DeliveryResult.Refused("410 gone")));
        using var dispatcher = Dispatcher(new DispatchOptions(), new AlarmSubscription(notifier, SubscriptionScope.All));
        Post(dispatcher, Step(1));
        _time.AdvanceBy(TimeSpan.FromMinutes(5));
        Assert.Equal(1, notifier.Calls);
        Assert.Equal("410 gone", Assert.Single(dispatcher.List()).LastError);
    }

    [Fact]
    public void Deliver_NotifierThatThrows_CountsAsAFailedAttempt()
    {
        var notifier = new ScriptedNotifier("buggy", (_, call) => call == 1 ? throw new InvalidOperationException("bug") : s_delivered);
        using var dispatcher = Dispatcher(new DispatchOptions(), new AlarmSubscription(notifier, SubscriptionScope.All));
        Post(dispatcher, Step(1));
        _time.AdvanceBy(TimeSpan.FromMinutes(1));
        Assert.Single(notifier.Delivered);
        Assert.Equal(1, Assert.Single(dispatcher.List()).Retried);
    }

    [Fact]
    public void Deliver_TargetThatHangs_TimesOutAndDelaysNobodyElse()
    {
        var hanging = new ScriptedNotifier("hanging", (_, _) => new TaskCompletionSource<DeliveryResult>().Task);
        var quick = new ScriptedNotifier("quick", (_, _) => s_delivered);
        using var dispatcher = Dispatcher(new DispatchOptions { Attempts = 2 }, new AlarmSubscription(hanging, SubscriptionScope.All), new AlarmSubscription(quick, SubscriptionScope.All));
        Post(dispatcher, [.. Enumerable.Range(1, 50).Select(i => Step(i))]);
        _time.AdvanceBy(TimeSpan.FromMilliseconds(10));
        Assert.Equal(50, quick.Delivered.Count);
        Assert.Equal(50, dispatcher.List()[0].Waiting);
        _time.AdvanceBy(TimeSpan.FromSeconds(25));
        Assert.Equal((1L, "No answer in time."), (dispatcher.List()[0].DeadLettered, dispatcher.List()[0].LastError));
    }

    [Fact]
    public void Deliver_QueueFull_GivesUpTheOldest()
    {
        var gate = new TaskCompletionSource<DeliveryResult>();
        var notifier = new ScriptedNotifier("slow", (_, call) => call == 1 ? gate.Task : s_delivered);
        using var dispatcher = Dispatcher(new DispatchOptions { Queue = 3, AttemptTime = TimeSpan.FromHours(1) }, new AlarmSubscription(notifier, SubscriptionScope.All));
        Post(dispatcher, Step(1));
        _time.AdvanceBy(TimeSpan.FromMilliseconds(1));
        Post(dispatcher, [.. Enumerable.Range(2, 5).Select(i => Step(i))]);
        _time.AdvanceBy(TimeSpan.FromMilliseconds(1));
        var view = Assert.Single(dispatcher.List());
        Assert.Equal((2L, 4), (view.DeadLettered, view.Waiting));
    }

    [Fact]
    public void OnUpdate_HandOffFull_IsCountedAndNeverWaits()
    {
        var notifier = new ScriptedNotifier("any", (_, _) => s_delivered);
        using var dispatcher = Dispatcher(new DispatchOptions { HandOff = 16 }, new AlarmSubscription(notifier, SubscriptionScope.All));
        Post(dispatcher, [.. Enumerable.Range(1, 20).Select(i => Step(i))]);
        Assert.Equal(4, dispatcher.Overflow);
        _time.AdvanceBy(TimeSpan.FromMilliseconds(1));
        Assert.Equal(16, notifier.Delivered.Count);
        Post(dispatcher, Step(21));
        _time.AdvanceBy(TimeSpan.FromMilliseconds(1));
        Assert.Equal(21, notifier.Delivered[^1].Value);
    }

    [Fact]
    public async Task OnUpdate_FromManyShardsOnTheThreadPool_LosesNothing()
    {
        var notifier = new ScriptedNotifier("any", (_, _) => s_delivered);
        using var dispatcher = new AlarmDispatcher([new AlarmSubscription(notifier, SubscriptionScope.All)], new DispatchOptions(), TaskPoolScheduler.Default, new Random(Seed), _ => AssetKind.Meter);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(shard => Task.Run(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                Post(dispatcher, Step((shard * 2000) + i));
            }
        })));
        await dispatcher.WhenIdleAsync(default).WaitAsync(Eventually.Patience);
        Assert.Equal(8000, notifier.Delivered.Select(t => t.Value).Distinct().Count());
        var view = Assert.Single(dispatcher.List());
        Assert.Equal((8000L, 0L, 0), (view.Delivered, view.DeadLettered, view.Waiting));
    }
}
