using System.Runtime.CompilerServices;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Testing.Assets;
using Alatau.Iot.Testing;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Processing;

public sealed class AssetProcessorAllocationTests
{
    private static readonly string[] s_measurands = ["activePower", "voltage.l1", "current.l1", "frequency", "energyImport", "energyExport"];

    private static readonly AlarmRule[] s_rules =
    [
        new("voltage-high", "High", AlarmSeverity.Medium, new ThresholdCondition(Catalog.Id("voltage"), true, 253, 2, TimeSpan.FromMinutes(1)) { IncludesPhases = true }),
        new("voltage-low", "Low", AlarmSeverity.Medium, new ThresholdCondition(Catalog.Id("voltage"), false, 207, 2, TimeSpan.FromMinutes(1)) { IncludesPhases = true }),
        new("frequency-high", "High", AlarmSeverity.High, new ThresholdCondition(Catalog.Id("frequency"), true, 50.5, 0.1, TimeSpan.Zero)),
        new("device-silent", "Silent", AlarmSeverity.Low, new SilenceCondition(null)),
    ];

    [Fact]
    public void Apply_SteadyState_AllocatesNothing()
    {
        var asset = new AssetUnderTest(new Asset(AssetId.Of("green", "m"), "m", AssetKind.Meter) { ReportingInterval = TimeSpan.FromSeconds(1) }, s_rules);
        var readings = new Reading[s_measurands.Length];
        var ids = s_measurands.Select(Catalog.Id).ToArray();
        Run(asset, readings, ids, 0, 10_000);

        int from = 10_000;
        int windows = 0;
        Assert.Equal(0, Allocations.LeastOf(() =>
        {
            windows = Run(asset, readings, ids, from, 50_000);
            from += 50_000;
        }));
        Assert.True(windows > 1000, "Windows must have closed on the way.");
    }

    [Fact]
    public void State_SixMeasurandsThreeWindows_IsSmall()
    {
        Assert.Equal(112, Unsafe.SizeOf<SlotState>());
        Assert.Equal(48, Unsafe.SizeOf<CounterState>());
        Assert.Equal(30, Unsafe.SizeOf<Core.Windows.WindowAccumulator>());

        // Two of the six are counters, all four rules apply; measured by the allocator itself.
        var asset = new AssetUnderTest(rules: s_rules);
        var readings = s_measurands.Select(m => Of(0, m, 1)).ToArray();
        var processor = asset.Processor;
        var warm = processor.Create(asset.State.Handle);
        processor.Apply(warm, new ReadingBatch(warm.Handle, At(0), 0, 0, readings));
        AssetState? state = null;
        long bytes = Allocations.LeastOf(() =>
        {
            state = processor.Create(asset.State.Handle);
            state.Slots = new SlotState[readings.Length];
            state.Counters = new CounterState[2];
        });

        Assert.InRange(bytes, 900, 1050);
        Assert.Equal(readings.Length, warm.Slots.Length);
        Assert.Equal(2, warm.Counters.Length);
        GC.KeepAlive(state);
    }

    [Fact]
    public void Apply_FirstMessage_MakesRoomForItsMeasurandsOnce()
    {
        var asset = new AssetUnderTest();
        var readings = s_measurands.Select(m => Of(0, m, 1)).ToArray();
        var processor = asset.Processor;
        processor.Apply(processor.Create(asset.State.Handle), new ReadingBatch(asset.State.Handle, At(0), 0, 0, readings));
        var states = new Queue<AssetState>(Enumerable.Range(0, 20).Select(_ => processor.Create(asset.State.Handle)));
        var state = states.Peek();
        long bytes = Allocations.LeastOf(() =>
        {
            state = states.Dequeue();
            processor.Apply(state, new ReadingBatch(state.Handle, At(0), 0, 0, readings));
        });

        // The slots, two counters that come one by one, and what three arrays weigh themselves.
        Assert.InRange(bytes, readings.Length * 136, (readings.Length * 136) + (3 * 48) + (3 * 24));
        Assert.Equal(readings.Length, state.Slots.Length);
    }

    [Fact]
    public void Apply_FirstMessageWithManyReadingsOfOneMeasurand_MakesRoomForOne()
    {
        var asset = new AssetUnderTest();
        var readings = Enumerable.Range(0, 100).Select(i => Of(i, "activePower", i)).ToArray();
        asset.Processor.Apply(asset.State, new ReadingBatch(asset.State.Handle, At(100), 0, 0, readings));
        Assert.Single(asset.State.Slots);
    }

    private static int Run(AssetUnderTest asset, Reading[] readings, Measurands.MeasurandId[] ids, int from, int count)
    {
        int windows = 0;
        for (int i = from; i < from + count; i++)
        {
            var at = At(i);
            for (int r = 0; r < readings.Length; r++)
            {
                readings[r] = new Reading(at, 50 + (r < 4 ? (i % 7 * 0.01) + (r == 1 ? 180 : 0) : i), (uint)i + 1, ids[r], Quality.Good, ReadingOrigin.None);
            }

            var update = asset.Processor.Apply(asset.State, new ReadingBatch(asset.State.Handle, at, 0, i, readings));
            windows += update.Windows.Length;
        }

        return windows;
    }
}
