using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine.Checkpoints;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Engine.Tests.Checkpoints;

public sealed class CheckpointTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly List<EngineUnderTest> _engines = [];

    private string CheckpointFile => _folder.File("7.ckp.tmp");

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
        {
            engine.Sink.Gate.Set();
            await engine.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task BeginCheckpoint_ShardIsBehind_HoldsWhatWasPostedBeforeAndNothingAfter()
    {
        var dying = Create(2);
        dying.Engine.Start();
        dying.Sink.Gate.Reset();
        for (int i = 1; i <= 1000; i++)
        {
            await dying.PostAsync(Message(i, $"self-{i % 7}", i));
        }

        var checkpoint = dying.Engine.BeginCheckpoint(CheckpointFile, 1000, EngineUnderTest.Routes);
        for (int i = 1001; i <= 1500; i++)
        {
            await dying.PostAsync(Message(i, $"self-{i % 11}", i));
        }

        Assert.False(checkpoint.IsCompleted);
        dying.Sink.Gate.Set();
        var taken = await checkpoint;

        var restored = Create(3);
        Assert.Equal(RestoreVerdict.Restored, restored.Engine.Restore(CheckpointFile, Same).Verdict);
        Assert.Equal((7, 1000L), (taken.Assets, taken.Position));
        Assert.Equal([new RouteTotals(1, 1000, 0, 0)], restored.Engine.Totals);
        restored.Engine.Start();
        for (int asset = 0; asset < 7; asset++)
        {
            Assert.True(restored.Directory.TryFind(AssetId.Of("green", $"self-{asset}"), out var handle));
            var snapshot = await restored.Engine.GetAsync(handle, TestContext.Current.CancellationToken);
            Assert.Equal(Enumerable.Range(1, 1000).Last(i => i % 7 == asset), Assert.Single(snapshot!.Values).Value);
        }

        Assert.False(restored.Directory.TryFind(AssetId.Of("green", "self-10"), out _));
    }

    [Fact]
    public async Task BeginCheckpoint_AnotherIsUnderWay_IsRefusedAndThePresentOneCompletes()
    {
        var engine = Create(1);
        Assert.Throws<InvalidOperationException>(() => { _ = engine.Engine.BeginCheckpoint(CheckpointFile, 0, []); });
        engine.Engine.Start();
        engine.Sink.Gate.Reset();
        await engine.PostAsync(Message(1, "self-1", 1));
        var first = engine.Engine.BeginCheckpoint(CheckpointFile, 1, []);

        Assert.Throws<InvalidOperationException>(() => { _ = engine.Engine.BeginCheckpoint(CheckpointFile, 1, []); });

        engine.Sink.Gate.Set();
        Assert.Equal(1, (await first).Assets);
        Assert.Equal(1, (await engine.Engine.BeginCheckpoint(CheckpointFile, 1, [])).Assets);
    }

    [Fact]
    public async Task BeginCheckpoint_FileCannotBeWritten_FaultsAndTheEngineWorksOn()
    {
        var engine = Create(2);
        engine.Engine.Start();
        await engine.PostAsync(Message(1, "self-1", 1));

        await Assert.ThrowsAnyAsync<IOException>(() => engine.Engine.BeginCheckpoint(Path.Combine(_folder.Path, "no-such-folder", "x"), 1, []));

        await engine.PostAsync(Message(2, "self-2", 2));
        Assert.Equal(2, (await engine.Engine.BeginCheckpoint(CheckpointFile, 2, [])).Assets);
    }

    [Fact]
    public async Task BeginCheckpoint_EngineStops_Faults()
    {
        var engine = Create(1);
        engine.Engine.Start();
        engine.Sink.Gate.Reset();
        await engine.PostAsync(Message(1, "self-1", 1));
        var checkpoint = engine.Engine.BeginCheckpoint(CheckpointFile, 1, []);
        var stop = engine.Engine.StopAsync(TestContext.Current.CancellationToken);
        engine.Sink.Gate.Set();
        await stop;

        var ended = await Record.ExceptionAsync(() => checkpoint);

        Assert.True(ended is null or InvalidOperationException);
        Assert.Throws<InvalidOperationException>(() => { _ = engine.Engine.BeginCheckpoint(CheckpointFile, 1, []); });
        Assert.Equal(ended is null ? RestoreVerdict.Restored : RestoreVerdict.Torn, Create(1).Engine.Restore(CheckpointFile, Same).Verdict);
    }

    [Fact]
    public async Task Restore_FileCutOrChangedAnywhere_IsRefusedAndTheEngineIsAsItWas()
    {
        var engine = Create(2);
        engine.Engine.Start();
        for (int i = 1; i <= 40; i++)
        {
            await engine.PostAsync(Message(i, $"self-{i}", i));
        }

        byte[][] memory = [[1, 2, 3], [], new byte[100_000]];
        await engine.Engine.BeginCheckpoint(CheckpointFile, 40, EngineUnderTest.Routes, memory);
        byte[] whole = await File.ReadAllBytesAsync(CheckpointFile, TestContext.Current.CancellationToken);
        var subject = Create(2);
        Assert.Equal(RestoreVerdict.Missing, subject.Engine.Restore(CheckpointFile + "x", Same).Verdict);
        var random = new Random(3);
        for (int i = 0; i < 300; i++)
        {
            byte[] bad = i % 2 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            if (i % 2 == 1)
            {
                bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            }

            await File.WriteAllBytesAsync(CheckpointFile, bad, TestContext.Current.CancellationToken);
            var result = subject.Engine.Restore(CheckpointFile, Same);
            Assert.NotEqual(RestoreVerdict.Restored, result.Verdict);
            Assert.True(i % 2 == 1 || result.Verdict == RestoreVerdict.Torn, $"{result}");
            Assert.NotEmpty(result.Detail);
        }

        Assert.Equal((5, 0), (subject.Directory.Count, subject.Engine.Totals.Count));
        await File.WriteAllBytesAsync(CheckpointFile, whole, TestContext.Current.CancellationToken);
        var restored = subject.Engine.Restore(CheckpointFile, Same);
        Assert.Equal((RestoreVerdict.Restored, 40), (restored.Verdict, subject.Directory.Count - 5));
        Assert.Equal(memory, restored.Memory);
        Assert.Throws<InvalidOperationException>(() => subject.Engine.Restore(CheckpointFile, Same));
    }

    [Fact]
    public async Task GoLive_AfterALongAbsence_SilenceCountsFromTheRestart()
    {
        var dying = Create(1);
        dying.Engine.Start();
        await dying.PostAsync(Message(1, "self-1", 1));
        await dying.Engine.BeginCheckpoint(CheckpointFile, 1, EngineUnderTest.Routes);
        await dying.DisposeAsync();
        _time.Advance(TimeSpan.FromHours(10));

        var restored = Create(2);
        Assert.Equal(RestoreVerdict.Restored, restored.Engine.Restore(CheckpointFile, Same).Verdict);
        restored.Engine.Start();
        await restored.Engine.DrainAsync(TestContext.Current.CancellationToken);
        Assert.Empty(restored.Sink.Windows);
        await restored.Engine.GoLiveAsync(TestContext.Current.CancellationToken);
        await restored.AdvanceToAsync(Instant.Now(_time) + TimeSpan.FromSeconds(299));

        Assert.Empty(restored.Sink.Transitions);
        Assert.Equal(3, restored.Sink.Windows.Count);
        await restored.AdvanceToAsync(Instant.Now(_time) + TimeSpan.FromSeconds(2));
        Assert.Equal("device-silent", Assert.Single(restored.Sink.Transitions).Rule);
    }

    [Fact]
    public async Task BeginReplay_WithoutACheckpoint_SilenceOfThePastComesAgain()
    {
        // They live in different shards: until the last message the platform listened to both.
        var engine = Create(2);
        engine.Engine.BeginReplay();
        engine.Engine.Start();
        var start = Instant.Now(_time);
        JournalMessage[] journal = [Message(1, "self-1", 1), Message(2, "self-2", 2) with { ReceivedAt = start + TimeSpan.FromMinutes(10) }];
        _time.Step(TimeSpan.FromDays(1));
        await engine.PostAsync(journal[0]);
        await engine.PostAsync(journal[1]);
        await engine.Engine.GoLiveAsync(TestContext.Current.CancellationToken);

        var silent = Assert.Single(engine.Sink.Transitions);
        Assert.Equal(("self-1", start + TimeSpan.FromMinutes(5)), (silent.Asset.Name, silent.At));
    }

    [Fact]
    public async Task Restore_RuleIsGone_ItsAlarmIsClosedOnce()
    {
        var dying = Create(1);
        dying.Engine.Start();
        await dying.PostAsync(Message(1, "self-1", 1));
        await dying.AdvanceToAsync(Instant.Now(_time) + TimeSpan.FromMinutes(6));
        Assert.Single(dying.Sink.Transitions);
        await dying.Engine.BeginCheckpoint(CheckpointFile, 1, EngineUnderTest.Routes);

        var restored = Create(2, [EngineUnderTest.Rules[0]]);
        Assert.Equal(1, restored.Engine.Restore(CheckpointFile, Same).AlarmsClosed);
        restored.Engine.Start();
        await restored.Engine.GoLiveAsync(TestContext.Current.CancellationToken);

        var closed = Assert.Single(restored.Sink.Transitions);
        Assert.Equal((AlarmState.Unacknowledged, AlarmState.Normal), (closed.From, closed.To));
        Assert.Equal(dying.Sink.Transitions[0].AlarmId, closed.AlarmId);
    }

    private static byte Same(string name, byte index) => index;

    private JournalMessage Message(int number, string asset, double value)
    {
        var now = Instant.Now(_time);
        return new JournalMessage(number, now, 1, asset, [new Reading(new Instant(now.UnixMilliseconds - 100_000 + number), value, 0, EngineUnderTest.Catalog.Id("activePower"), Quality.Good, ReadingOrigin.None)]);
    }

    private EngineUnderTest Create(int shards, IEnumerable<AlarmRule>? rules = null)
    {
        var engine = new EngineUnderTest(_time, shards, rules);
        _engines.Add(engine);
        return engine;
    }
}
