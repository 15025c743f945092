using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;
using Alatau.Iot.Simulator.Dialects;
using Alatau.Iot.Simulator.Faults;
using Alatau.Iot.Simulator.Playing;

namespace Alatau.Iot.Simulator.Tests.Playing;

public sealed class DeviceVoiceTests
{
    private static readonly AssetId Asset = AssetId.Of("s", "m");
    private static readonly Instant Start = new(1_795_323_600_000);
    private static readonly ReadingLayout Layout = new(("voltage.l1", 1), ("energyImport", 0));

    [Fact]
    public async Task SayAsync_CounterReset_CountsOnFromZeroForEver() =>
        Assert.Equal(["10", "11", "0", "1", "2"], (await PlayAsync(FaultKind.CounterReset, from: 2, span: 1, steps: 5)).Select(Energy));

    [Fact]
    public async Task SayAsync_Stuck_RepeatsTheFirstValueWithNewTimes()
    {
        var messages = await PlayAsync(FaultKind.Stuck, from: 1, span: 3, steps: 6);
        Assert.Equal(["10", "11", "11", "11", "14", "15"], messages.Select(Energy));
        Assert.Equal(6, messages.Select(message => message[..20]).Distinct().Count());
    }

    [Fact]
    public async Task SayAsync_Scaled_MultipliesEveryPhaseOfTheMeasurand() =>
        Assert.Contains("\"voltage.l1\":276,", (await PlayAsync(FaultKind.Scaled, from: 0, span: 1, steps: 1, factor: 1.2, measurand: "voltage"))[0], StringComparison.Ordinal);

    [Fact]
    public async Task SayAsync_Restart_SequenceBeginsAgain() =>
        Assert.Equal(["1", "2", "1", "2"], (await PlayAsync(FaultKind.Restart, from: 2, span: 1, steps: 4)).Select(message => message.Split("\"seq\":")[1].Split(',')[0]));

    [Fact]
    public async Task SayAsync_NotANumber_IsNoJsonButLooksLikeIt() =>
        Assert.EndsWith("\"energyImport\":NaN}}", (await PlayAsync(FaultKind.NotANumber, from: 0, span: 1, steps: 1))[0], StringComparison.Ordinal);

    [Fact]
    public async Task SayAsync_ClockShift_MovesTheStampOnly() =>
        Assert.Contains("\"ts\":1795327200000,", (await PlayAsync(FaultKind.ClockShift, from: 0, span: 1, steps: 1))[0], StringComparison.Ordinal);

    private static string Energy(string message) => message.Split("\"energyImport\":")[1].TrimEnd('}');

    private static async Task<List<string>> PlayAsync(FaultKind kind, int from, int span, int steps, double factor = 1, string? measurand = null)
    {
        var fault = new Fault(kind, new HashSet<AssetId> { Asset }, false, TimeSpan.FromMinutes(from), TimeSpan.FromMinutes(span), TimeSpan.FromHours(1), measurand, factor);
        if (kind == FaultKind.CounterReset)
            fault = fault with { Span = TimeSpan.FromDays(1) };
        var voice = new DeviceVoice(Asset, Layout, new NativeDialect(Asset), [new TimedFault(fault, Start)]);
        var link = new Collector();
        var payload = new PayloadWriter();
        for (var i = 0; i < steps; i++)
            await voice.SayAsync([230, 10 + i], Start + TimeSpan.FromMinutes(i), payload, link, CancellationToken.None);
        await voice.FinishAsync(link, CancellationToken.None);
        return link.Messages;
    }

    private sealed class Collector : IDeviceLink
    {
        internal List<string> Messages { get; } = [];

        public ValueTask PublishAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellation)
        {
            Messages.Add(Encoding.UTF8.GetString(payload.Span));
            return ValueTask.CompletedTask;
        }
    }
}
