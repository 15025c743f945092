using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Processing;

/// <summary>One measurand of one asset. 136 bytes.</summary>
internal struct SlotState
{
    /// <summary>Value of <see cref="Counter"/> for a measurand that is no counter.</summary>
    public const byte NoCounter = byte.MaxValue;

    public MeasurandId Measurand;
    public Quality LatestQuality;

    /// <summary>Index into <see cref="AssetState.Counters"/>.</summary>
    public byte Counter;
    public CounterFlags CounterFlags;

    /// <summary>Group of alarm watchers in the asset kind's plan; 0 for none.</summary>
    public ushort Watchers;

    /// <summary>MeasuredAt of the latest value as people see it; <see cref="Instant.MinValue"/> before the first.</summary>
    public Instant LatestAt;
    public double LatestValue;

    /// <summary>MeasuredAt of the newest aggregated reading: last value of all held windows and reference of a counter's next gain.</summary>
    public Instant NewestAt;
    public double NewestValue;
    public HeldWindows Windows;
}
