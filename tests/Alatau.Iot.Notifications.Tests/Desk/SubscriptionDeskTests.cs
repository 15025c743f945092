using System.Diagnostics;
using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Notifications.Desk;
using Alatau.Iot.Notifications.Dispatching;
using Alatau.Iot.Notifications.Email;
using Alatau.Iot.Notifications.Keeping;
using Alatau.Iot.Notifications.Subscriptions;
using Alatau.Iot.Notifications.Tests.Subscriptions;
using Alatau.Iot.Notifications.Tests.Webhook;
using Alatau.Iot.Notifications.Webhook;
using Alatau.Iot.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Notifications.Tests.Desk;

/// <summary>The desk before real HTTP servers, on the thread pool, with its files in a folder of its own.</summary>
public sealed class SubscriptionDeskTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly List<SubscriptionDesk> _desks = [];
    private WebhookReceiver _receiver = null!;

    private string Files => Path.Combine(_folder.Path, "devices", "subscriptions");

    private string Data => Path.Combine(_folder.Path, "data");

    public async ValueTask InitializeAsync()
    {
        _receiver = await WebhookReceiver.StartAsync();
        Directory.CreateDirectory(Files);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var desk in _desks)
        {
            await desk.DisposeAsync();
        }

        await _receiver.DisposeAsync();
        _folder.Dispose();
    }

    private static AlarmTransition Raise(int meter) => Story.Step(meter, AlarmState.Unacknowledged, Instant.Now(TimeProvider.System));

    private static DispatchOptions Hasty(Action<DispatchOptions>? change = null)
    {
        var options = new DispatchOptions { FirstDelay = TimeSpan.FromMilliseconds(20), LongestDelay = TimeSpan.FromMilliseconds(40), BreakFor = TimeSpan.FromMilliseconds(50), AttemptTime = TimeSpan.FromSeconds(5) };
        change?.Invoke(options);
        return options;
    }

    private static JsonElement Data1(WebhookReceiver.Received request) => JsonSerializer.Deserialize<JsonElement>(request.Body).GetProperty("data");

    private string Target(string path = "/") => $$$"""{"webhook":{"url":"{{{_receiver.Url.GetLeftPart(UriPartial.Authority)}}}{{{path}}}"}}""";

    private void Write(string name, string json) => File.WriteAllText(Path.Combine(Files, name + ".json"), json);

    private SubscriptionSetup Setup(FileFaults faults)
    {
        var webhook = new WebhookOptions { AllowPrivate = ["127.0.0.0/8"] };
        return SubscriptionSetup.Load(Path.Combine(_folder.Path, "devices"), Data, new SubscriptionPlaces([], [new AlarmRule("voltage-high", "", AlarmSeverity.High, new SilenceCondition(null))], isOpen: true), webhook, new EmailOptions(), TimeProvider.System, faults);
    }

    private SubscriptionDesk Desk(IObservable<AlarmTransition> steps, DispatchOptions? options = null)
    {
        var faults = new FileFaults();
        var setup = Setup(faults);
        Assert.Empty(faults.All);
        var desk = new SubscriptionDesk(setup, steps, options ?? Hasty(), TaskPoolScheduler.Default, new Random(5), _ => AssetKind.Meter, TimeProvider.System, NullLogger<NotificationKeeper>.Instance);
        _desks.Add(desk);
        return desk;
    }

    private async Task EndAsync(SubscriptionDesk desk)
    {
        await desk.DisposeAsync();
        _desks.Remove(desk);
    }

    [Fact]
    public async Task Step_Delivered_IsRecordedOnItsAlarm()
    {
        Write("one", $$$"""{"targets":[{{{Target()}}}]}""");
        using var steps = new Subject<AlarmTransition>();
        var desk = Desk(steps);
        var raise = Raise(1);
        steps.OnNext(raise);
        await Eventually.TrueAsync(() => desk.Deliveries(new DeliveryQuery(null, raise.AlarmId, DeliveryState.Delivered)).Count == 1);
        var delivery = desk.Deliveries(new DeliveryQuery("one", raise.AlarmId, null))[0];
        Assert.Equal(("204", 1, "webhook", NotificationKind.Step), (delivery.Answer, delivery.Attempts, delivery.Means, delivery.Kind));
        Assert.Empty(desk.Deliveries(new DeliveryQuery(null, "another", null)));
    }

    [Fact]
    public async Task Restart_WithWaitingDeliveries_SendsThemUnderTheSameKey()
    {
        Write("one", $$$"""{"targets":[{{{Target()}}}]}""");
        _receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        using var steps = new Subject<AlarmTransition>();
        var first = Desk(steps, Hasty(o => o.Attempts = 1000));
        steps.OnNext(Raise(1));
        steps.OnNext(Raise(2));
        await Eventually.TrueAsync(() => _receiver.Requests.Count >= 2);
        string key = _receiver.Requests.First().Headers["Idempotency-Key"];
        await first.FlushAsync();
        await EndAsync(first);
        _receiver.Requests.Clear();
        _receiver.Answer = (_, _) => Task.CompletedTask;
        var second = Desk(steps);
        await Eventually.TrueAsync(() => second.Deliveries(new DeliveryQuery(null, null, DeliveryState.Delivered)).Count == 2);
        Assert.Equal(key, _receiver.Requests.First().Headers["Idempotency-Key"]);
        await second.FlushAsync();
        await EndAsync(second);
        var third = Desk(steps);
        Assert.Equal(2, third.Deliveries(new DeliveryQuery(null, null, DeliveryState.Delivered)).Count);
    }

    [Fact]
    public async Task Kill_InTheMiddleOfALine_LosesNothingBefore()
    {
        Write("one", $$$"""{"targets":[{{{Target()}}}]}""");
        _receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = 410;
            return Task.CompletedTask;
        };
        using var steps = new Subject<AlarmTransition>();
        var first = Desk(steps);
        steps.OnNext(Raise(1));
        await Eventually.TrueAsync(() => first.Deliveries(new DeliveryQuery(null, null, DeliveryState.DeadLetter)).Count == 1);
        await first.FlushAsync();
        await EndAsync(first);
        string log = Path.Combine(Data, "notifications", "deliveries.jsonl");
        await File.AppendAllTextAsync(log, "{\"number\":2,\"state\":0,\"atte");
        var second = Desk(steps);
        var dead = Assert.Single(second.Deliveries(new DeliveryQuery(null, null, null)));
        Assert.Equal((1L, DeliveryState.DeadLetter, "410"), (dead.Number, dead.State, dead.Problem));
        steps.OnNext(Raise(2));
        await Eventually.TrueAsync(() => second.Deliveries(new DeliveryQuery(null, null, DeliveryState.DeadLetter)).Count == 2);
        await second.FlushAsync();
        await EndAsync(second);
        Assert.Equal(2, Desk(steps).Deliveries(new DeliveryQuery(null, null, null)).Count);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(log));
        }
    }

    [Fact]
    public async Task DeadLetter_Replayed_IsDelivered()
    {
        Write("one", $$$"""{"targets":[{{{Target()}}}]}""");
        _receiver.Answer = (context, count) =>
        {
            context.Response.StatusCode = count == 1 ? 400 : 200;
            return Task.CompletedTask;
        };
        using var steps = new Subject<AlarmTransition>();
        var desk = Desk(steps);
        steps.OnNext(Raise(1));
        await Eventually.TrueAsync(() => desk.Deliveries(new DeliveryQuery(null, null, DeliveryState.DeadLetter)).Count == 1);
        Assert.False(desk.Replay(99));
        Assert.True(desk.Replay(1));
        await Eventually.TrueAsync(() => desk.Find(1)!.State == DeliveryState.Delivered);
        Assert.False(desk.Replay(1));
        Assert.Equal(_receiver.Requests.First().Headers["Idempotency-Key"], _receiver.Requests.Last().Headers["Idempotency-Key"]);
    }

    [Fact]
    public async Task Restart_DuringADigest_TellsWhatWasHeldOnceAndWhole()
    {
        Write("one", $$$"""{"targets":[{{{Target()}}}],"digest":{"every":"2s"}}""");
        using var steps = new Subject<AlarmTransition>();
        var first = Desk(steps);
        for (int i = 0; i < 30; i++)
        {
            steps.OnNext(Raise(i));
        }

        Assert.Equal(30, first.List()[0].Held);
        await EndAsync(first);
        await first.DisposeAsync();
        Assert.Empty(_receiver.Requests);
        var second = Desk(steps);
        Assert.Equal(30, second.List()[0].Held);
        await Eventually.TrueAsync(() => !_receiver.Requests.IsEmpty);
        var data = Data1(Assert.Single(_receiver.Requests));
        Assert.Equal(("digest", 30), (data.GetProperty("kind").GetString(), data.GetProperty("alarms").GetArrayLength()));
    }

    [Fact]
    public async Task HangingTarget_TenThousandSteps_DelaysNeitherTheRoadNorAnotherTarget()
    {
        const int Steps = 10_000;
        using var end = new CancellationTokenSource();
        _receiver.Answer = (context, _) => context.Request.Path == "/hang" ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end.Token).ContinueWith(_ => { }, TaskScheduler.Default) : Task.CompletedTask;
        Write("hanging", $$$"""{"targets":[{{{Target("/hang")}}}]}""");
        Write("quick", $$$"""{"targets":[{{{Target("/quick")}}}],"rateLimit":{"most":3,"per":"1s"}}""");
        using var dispatcher = new AlarmDispatcher([], new DispatchOptions(), TaskPoolScheduler.Default, new Random(3), _ => AssetKind.Meter);
        var desk = Desk(dispatcher.Transitions, Hasty(o => (o.Queue, o.AttemptTime) = (2000, TimeSpan.FromMinutes(5))));
        var update = new AssetUpdate();
        var posting = Stopwatch.StartNew();
        for (int i = 0; i < Steps; i++)
        {
            update.Reset(default, Story.Start, 0, 0);
            update.Add(Story.Step(i, AlarmState.Unacknowledged, Story.Start));
            dispatcher.OnUpdate(0, update);
        }

        posting.Stop();
        await Eventually.TrueAsync(() => Heard() >= Steps);
        Assert.Equal(Steps, Heard());
        Assert.Equal(0, dispatcher.Overflow);
        Assert.True(posting.Elapsed < TimeSpan.FromSeconds(10), $"the road was held up for {posting.Elapsed}");

        // What found the queue full is no secret: dead letters, each with its reason; the rest waits.
        var hanging = desk.List().Single(s => s.Name == "hanging");
        Assert.Equal(Steps, hanging.Waiting + hanging.DeadLettered);
        Assert.All(desk.Deliveries(new DeliveryQuery("hanging", null, DeliveryState.DeadLetter)), d => Assert.Equal("The queue was full.", d.Problem));
        await end.CancelAsync();

        int Heard() => _receiver.Requests.Where(r => r.Path == "/quick").Select(Data1).Sum(d => d.GetProperty("alarms").GetArrayLength() + d.GetProperty("more").GetInt32());
    }

    [Fact]
    public async Task DeadTarget_IsLeftAloneAndTakenUpAgain()
    {
        bool isDown = true;
        _receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = Volatile.Read(ref isDown) ? 500 : 200;
            return Task.CompletedTask;
        };
        Write("one", $$$"""{"targets":[{{{Target()}}}]}""");
        using var steps = new Subject<AlarmTransition>();
        var desk = Desk(steps, Hasty(o => (o.BreakAfter, o.Attempts, o.BreakFor) = (3, 100, TimeSpan.FromMilliseconds(300))));
        for (int i = 0; i < 20; i++)
        {
            steps.OnNext(Raise(i));
        }

        await Eventually.TrueAsync(() => desk.List()[0].TargetsResting == 1);
        Volatile.Write(ref isDown, false);
        await Eventually.TrueAsync(() => desk.List()[0].Delivered == 20);
        Assert.Equal((0, 0L, 0), (desk.List()[0].TargetsResting, desk.List()[0].DeadLettered, desk.List()[0].Waiting));
    }

    [Fact]
    public async Task DelaysBelowAMillisecond_EveryDeliveryGoesOn()
    {
        var failed = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        _receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = failed.TryAdd(context.Request.Headers["Idempotency-Key"].ToString(), true) ? 500 : 200;
            return Task.CompletedTask;
        };
        Write("one", $$$"""{"targets":[{{{Target()}}}]}""");
        using var steps = new Subject<AlarmTransition>();
        var desk = Desk(steps, Hasty(o => (o.BreakAfter, o.FirstDelay, o.LongestDelay) = (1000, TimeSpan.FromMilliseconds(0.9), TimeSpan.FromMilliseconds(0.9))));
        for (int i = 0; i < 20; i++)
        {
            steps.OnNext(Raise(i));
        }

        await Eventually.TrueAsync(() => desk.List()[0].Delivered == 20);
        Assert.Equal(20, failed.Count);
    }

    [Fact]
    public async Task Test_OneTargetWellOneNot_SaysBothAtOnceWhateverTheSchedule()
    {
        _receiver.Answer = async (context, _) =>
        {
            context.Response.StatusCode = context.Request.Path == "/ill" ? 500 : 200;
            await context.Response.WriteAsync("hello");
        };
        Write("one", $$$"""{"targets":[{{{Target("/well")}}}],"escalation":[{"after":"5m","targets":[{{{Target("/ill")}}}]}],"schedule":{"days":["sun"],"from":"00:00","to":"00:01"}}""");
        using var steps = new Subject<AlarmTransition>();
        var desk = Desk(steps);
        var tried = (await desk.TestAsync("one", default))!;
        Assert.Equal([(DeliveryState.Delivered, "200 hello"), (DeliveryState.DeadLetter, "")], tried.Select(t => (t.State, t.Answer)));
        Assert.Equal("500 hello", tried[1].Problem);
        Assert.Null(await desk.TestAsync("nobody", default));
        Assert.Equal("city.alatau.iot.alarm.test", JsonSerializer.Deserialize<JsonElement>(_receiver.Requests.First().Body).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Save_ByApi_IsKeptOverARestartAndItsSecretIsNeverShown()
    {
        string json = $$$$"""{"title":"Mine","targets":[{"webhook":{"url":"{{{{_receiver.Url}}}}","secret":{"value":"hush"}}}]}""";
        using var steps = new Subject<AlarmTransition>();
        var desk = Desk(steps);
        Assert.Equal(SubscriptionVerdict.Created, (await desk.SaveAsync("mine", Encoding.UTF8.GetBytes(json), default)).Verdict);
        steps.OnNext(Raise(1));
        await Eventually.TrueAsync(() => !_receiver.Requests.IsEmpty);
        string signature = _receiver.Requests.First().Headers["webhook-signature"];
        Assert.StartsWith("v1,", signature, StringComparison.Ordinal);
        string shown = desk.Definition("mine")!;
        Assert.DoesNotContain("hush", shown, StringComparison.Ordinal);
        Assert.Contains("kept", shown, StringComparison.Ordinal);

        // What is shown can be sent back: the secret stays.
        Assert.Equal(SubscriptionVerdict.Replaced, (await desk.SaveAsync("mine", Encoding.UTF8.GetBytes(shown.Replace("Mine", "Ours", StringComparison.Ordinal)), default)).Verdict);
        await EndAsync(desk);
        string kept = Path.Combine(Data, "notifications", "subscriptions", "mine.json");
        Assert.Contains("hush", await File.ReadAllTextAsync(kept), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kept));
        }

        var again = Desk(steps);
        Assert.Equal(("Ours", "api"), (again.List()[0].Title, again.List()[0].Origin));
        Assert.Equal(SubscriptionVerdict.Removed, (await again.RemoveAsync("mine", default)).Verdict);
        Assert.Empty(again.List());
        Assert.False(File.Exists(kept));
        Assert.Equal(SubscriptionVerdict.Unknown, (await again.RemoveAsync("mine", default)).Verdict);
    }

    [Fact]
    public async Task Save_WhatIsWrong_IsToldAndChangesNothing()
    {
        Write("from-file", $$$"""{"targets":[{{{Target()}}}]}""");
        using var steps = new Subject<AlarmTransition>();
        var desk = Desk(steps);
        Assert.Equal(SubscriptionVerdict.NotHere, (await desk.SaveAsync("from-file", "{}"u8.ToArray(), default)).Verdict);
        Assert.Equal(SubscriptionVerdict.NotHere, (await desk.RemoveAsync("from-file", default)).Verdict);
        var edit = await desk.SaveAsync("../evil", """{"targets":[],"scope":{"rules":["unknown"]},"typo":1}"""u8.ToArray(), default);
        Assert.Equal(SubscriptionVerdict.Faulty, edit.Verdict);
        Assert.Equal(["$", "$.scope.rules[0]", "$.targets", "$.typo"], edit.Faults.Select(f => f.Path).Order(StringComparer.Ordinal));
        Assert.Equal(SubscriptionVerdict.Faulty, (await desk.SaveAsync("mine", "not json"u8.ToArray(), default)).Verdict);
        Assert.Equal(SubscriptionVerdict.Faulty, (await desk.SaveAsync("mine", """{"targets":[{"webhook":{"url":"https://a.example/","secret":{"file":"/etc/passwd"}}}]}"""u8.ToArray(), default)).Verdict);
        Assert.Single(desk.List());
    }

    [Fact]
    public async Task Escalation_NobodyAcknowledges_ReachesTheNextTarget()
    {
        Write("one", $$$"""{"targets":[{{{Target("/first")}}}],"escalation":[{"after":"1s","targets":[{{{Target("/second")}}}]}]}""");
        using var steps = new Subject<AlarmTransition>();
        Desk(steps);
        var raise = Raise(1);
        steps.OnNext(raise);
        await Eventually.TrueAsync(() => _receiver.Requests.Any(r => r.Path == "/second"));
        Assert.Equal("escalation", Data1(_receiver.Requests.Single(r => r.Path == "/second")).GetProperty("kind").GetString());
        steps.OnNext(Story.Step(1, AlarmState.Acknowledged, raise.At + TimeSpan.FromSeconds(2), raise.RaisedAt));
        await Eventually.TrueAsync(() => _receiver.Requests.Count == 4);
        Assert.Equal(["/first", "/first", "/second", "/second"], _receiver.Requests.Select(r => r.Path).Order(StringComparer.Ordinal));
    }
}
