using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Xunit;

namespace Alatau.Iot.Testing.Conformance;

/// <summary>What every <see cref="INotifier"/> does. Derive it, say how the notifier is made and what its target received, and it is proven.</summary>
public abstract class NotifierConformance
{
    /// <summary>2026-11-22T05:00:00Z.</summary>
    protected static readonly Instant Start = new(1_795_323_600_000);

    /// <summary>A notifier before a target that takes everything.</summary>
    protected abstract ValueTask<INotifier> CreateAsync();

    /// <summary>A notifier whose target can't be reached.</summary>
    protected abstract ValueTask<INotifier> CreateWithoutTargetAsync();

    /// <summary>Waits until the target has <paramref name="count"/> messages and answers them, in order of arrival.</summary>
    protected abstract Task<IReadOnlyList<ReceivedNotification>> ReceivedAsync(int count);

    [Fact]
    public async Task DeliverAsync_TheLifeOfAnAlarm_ArrivesInOrder()
    {
        var notifier = await CreateAsync();
        AlarmTransition[] life =
        [
            Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, 254.25, "254.25 V is at or above 253 V."),
            Step(AlarmState.Unacknowledged, AlarmState.Acknowledged, 60, null, "Crew is on the way"),
            Step(AlarmState.Acknowledged, AlarmState.Normal, 120, 250.5, "250.5 V is below 251 V."),
        ];
        foreach (var step in life)
        {
            Assert.Equal(DeliveryVerdict.Delivered, (await notifier.DeliverAsync(Told(step), default)).Verdict);
        }

        var received = await ReceivedAsync(3);
        Assert.Equal(["unacknowledged", "acknowledged", "normal"], received.Select(r => r.State));
        Assert.All(received, r => Assert.Equal(life[0].AlarmId, r.AlarmId));
        Assert.Equal([254.25, null, 250.5], received.Select(r => r.Value));
        Assert.Equal(life.Select(s => s.Why), received.Select(r => r.Why));
    }

    [Fact]
    public async Task DeliverAsync_TheSameTwice_IsBorne()
    {
        var notifier = await CreateAsync();
        var step = Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, 254, "");
        Assert.Equal(DeliveryVerdict.Delivered, (await notifier.DeliverAsync(Told(step), default)).Verdict);
        Assert.Equal(DeliveryVerdict.Delivered, (await notifier.DeliverAsync(Told(step), default)).Verdict);
        var received = await ReceivedAsync(2);
        Assert.Equal(received[0], received[1]);
    }

    [Fact]
    public async Task DeliverAsync_WordsOfAllScripts_ArriveWhole()
    {
        var notifier = await CreateAsync();
        const string Why = "Кернеу жоғары \"253\" В\n→ 电压 😀 <b>&";
        await notifier.DeliverAsync(Told(Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, null, Why)), default);
        Assert.Equal(Why, (await ReceivedAsync(1))[0].Why);
    }

    [Fact]
    public async Task DeliverAsync_WithoutTarget_FailsWithAReasonAndDoesNotThrow()
    {
        var notifier = await CreateWithoutTargetAsync();
        var result = await notifier.DeliverAsync(Told(Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, 254, "")), default);
        Assert.Equal(DeliveryVerdict.Failed, result.Verdict);
        Assert.NotEmpty(result.Problem);
    }

    [Fact]
    public async Task DeliverAsync_Cancelled_Throws()
    {
        var notifier = await CreateAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await notifier.DeliverAsync(Told(Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, 254, "")), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Description_NamesMeansAndTarget()
    {
        var notifier = await CreateAsync();
        Assert.NotEmpty(notifier.Name);
        Assert.NotEmpty(notifier.Means);
        Assert.NotEmpty(notifier.Target);
    }

    /// <summary>A step as it is told alone.</summary>
    protected static Notification Told(AlarmTransition step) => Notification.Of(step, "conformance", step.At);

    protected static AlarmTransition Step(AlarmState from, AlarmState to, int second, double? value, string why)
    {
        var asset = AssetId.Of("gate", "meter-004");
        return new AlarmTransition(
            AlarmTransition.IdOf(asset, "voltage-high", Start), asset, "voltage-high", "Voltage above 253 V", AlarmSeverity.High, from, to, Start + TimeSpan.FromSeconds(second), Start, value, "platform", why);
    }
}

/// <summary>What a target received, by the words of the API.</summary>
public sealed record ReceivedNotification(string AlarmId, string State, double? Value, string Why);
