using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine.Tests.Checkpoints;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Engine.Tests;

/// <summary>A person's request has its place among the messages, and nothing comes of it before it is on disk.</summary>
public sealed class HeldCommandTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly EngineUnderTest _engine;
    private readonly AssetHandle _asset;
    private int _posted;

    public HeldCommandTests()
    {
        _engine = new EngineUnderTest(_time, 2);
        Assert.True(_engine.Directory.TryFind(AssetId.Of("green", "fleet-1"), out _asset));
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task TryPost_ReleasedLater_StepsComeInTheOrderOfTheInbox()
    {
        var release = new TaskCompletionSource();
        _engine.Engine.Start();
        await VoltageAsync(260, 0);
        await VoltageAsync(260, 30);
        Assert.True(_engine.Engine.TryPost(Acknowledge(), release.Task, out var done));
        await VoltageAsync(240, 31);
        await _engine.Engine.GetAsync(_asset, TestContext.Current.CancellationToken);
        Assert.False(done.IsCompleted);
        Assert.DoesNotContain(_engine.Sink.Transitions, t => t.From != AlarmState.Normal);

        release.SetResult();
        Assert.Equal(AlarmCommandResult.Done, await done);
        await _engine.Engine.DrainAsync(TestContext.Current.CancellationToken);

        Assert.Equal([AlarmState.Unacknowledged, AlarmState.Acknowledged, AlarmState.Normal], _engine.Sink.Transitions.Select(t => t.To));
    }

    [Fact]
    public async Task TryPost_NeverGetsOnDisk_IsNotCarriedOut()
    {
        _engine.Engine.Start();
        await VoltageAsync(260, 0);
        await VoltageAsync(260, 30);
        Assert.True(_engine.Engine.TryPost(Acknowledge(), Task.FromException(new IOException("disk")), out var done));

        await Assert.ThrowsAsync<InvalidOperationException>(() => done);
        await _engine.Engine.DrainAsync(TestContext.Current.CancellationToken);
        Assert.Equal(AlarmState.Unacknowledged, Assert.Single(_engine.Sink.Transitions).To);
    }

    [Fact]
    public async Task Stop_CommandNotReleased_EndsAndTheCommandFaults()
    {
        _engine.Engine.Start();
        Assert.True(_engine.Engine.TryPost(Acknowledge(), new TaskCompletionSource().Task, out var done));
        await VoltageAsync(240, 0);

        await _engine.Engine.StopAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<InvalidOperationException>(() => done);
        Assert.Equal(1, _engine.Sink.Messages);
        Assert.False(_engine.Engine.TryPost(Acknowledge(), Task.CompletedTask, out _));
    }

    [Fact]
    public async Task TryPost_TheAlarmAPersonSawIsOver_TheNextOneIsNotTouched()
    {
        _engine.Engine.Start();
        await VoltageAsync(260, 0);
        await VoltageAsync(260, 30);
        await _engine.Engine.DrainAsync(TestContext.Current.CancellationToken);
        string seen = Assert.Single(_engine.Sink.Transitions).AlarmId;
        Assert.Equal(AlarmCommandResult.Done, await _engine.Engine.SendAsync(Acknowledge(seen), TestContext.Current.CancellationToken));
        await VoltageAsync(240, 31);
        await VoltageAsync(260, 32);
        await VoltageAsync(260, 62);
        await _engine.Engine.DrainAsync(TestContext.Current.CancellationToken);

        Assert.Equal(AlarmCommandResult.Unknown, await _engine.Engine.SendAsync(Acknowledge(seen), TestContext.Current.CancellationToken));
        Assert.Equal(AlarmState.Unacknowledged, _engine.Sink.Transitions[^1].To);
    }

    private AlarmCommand Acknowledge(string? alarmId = null) => new(_asset, "voltage-high", AlarmAction.Acknowledge, Instant.Now(_time), "aigerim", "", null, alarmId);

    private Task VoltageAsync(double volts, int second)
    {
        var at = new Instant(Instant.Now(_time).UnixMilliseconds - 100_000 + (second * 1000));
        return _engine.PostAsync(new JournalMessage(++_posted, Instant.Now(_time), 0, "fleet-1", [new Reading(at, volts, 0, EngineUnderTest.Catalog.Id("voltage"), Quality.Good, ReadingOrigin.None)]));
    }
}
