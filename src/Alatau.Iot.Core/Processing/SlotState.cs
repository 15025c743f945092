using System.Runtime.InteropServices;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Processing;

/// <summary>One measurand of one asset. 112 bytes, without a gap: a city has millions of them.</summary>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(ushort))]
internal struct SlotState
{
    /// <summary>Value of <see cref="Counter"/> for a measurand that is no counter.</summary>
    public const byte NoCounter = byte.MaxValue;

    private const int QualityShift = 4;
    private const byte ApartBit = 1 << 3;
    private const byte CounterBits = ApartBit - 1;
    private const byte QualityBits = 3 << QualityShift;
    private const byte HasLateBit = 1 << 6;

    /// <summary>MeasuredAt of the newest aggregated reading: last value of all held windows and reference of a counter's next gain. <see cref="Instant.MinValue"/> before the first.</summary>
    public Instant NewestAt;
    public double NewestValue;
    public HeldWindows Windows;
    public MeasurandId Measurand;

    /// <summary>Group of alarm watchers in the asset kind's plan; 0 for none.</summary>
    public ushort Watchers;

    /// <summary>Index into <see cref="AssetState.Counters"/>.</summary>
    public byte Counter;

    // Three bits of CounterFlags, one for IsLatestApart, two of LatestQuality, one for HasLate.
    private byte _packed;

    public CounterFlags CounterFlags
    {
        readonly get => (CounterFlags)(_packed & CounterBits);
        set => _packed = (byte)((_packed & ~CounterBits) | ((byte)value & CounterBits));
    }

    /// <summary>The latest value as people see it is not the newest aggregated one, and stands in <see cref="RareState.Apart"/>.</summary>
    public bool IsLatestApart
    {
        readonly get => (_packed & ApartBit) != 0;
        set => _packed = (byte)(value ? _packed | ApartBit : _packed & ~ApartBit);
    }

    /// <summary>A counter was read out of order since its last reset: what is known of its falls may be wrong.</summary>
    public bool HasLate
    {
        readonly get => (_packed & HasLateBit) != 0;
        set => _packed = (byte)(value ? _packed | HasLateBit : _packed & ~HasLateBit);
    }

    public Quality LatestQuality
    {
        readonly get => (Quality)((_packed & QualityBits) >> QualityShift);
        set => _packed = (byte)((_packed & ~QualityBits) | ((byte)value << QualityShift));
    }
}
