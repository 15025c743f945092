using System.Runtime.CompilerServices;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Processing;

/// <summary>What a counter needs beside its slot. 48 bytes; what the mark holds is said by the slot's <see cref="CounterFlags"/>.</summary>
internal struct CounterState
{
    /// <summary>Gains in the held windows.</summary>
    public WindowGains Gains;

    /// <summary>Gain since the asset's local midnight (<see cref="AssetState.DayStart"/>).</summary>
    public double Today;

    /// <summary>The register it last fell from (<see cref="CounterFlags.HasFallen"/>), or the earliest one known (<see cref="CounterFlags.HasFirst"/>).</summary>
    public double MarkedRegister;

    /// <summary>The register it fell to, or the earliest one's MeasuredAt in Unix milliseconds, which a double holds exactly.</summary>
    public double MarkedOther;
}

/// <summary>What is known of a counter.</summary>
[Flags]
internal enum CounterFlags : byte
{
    None = 0,

    /// <summary>The mark is its earliest reading, kept until the first fall for readings that arrive before it in event time.</summary>
    HasFirst = 1,

    /// <summary>The mark is its last fall, kept until it has passed the old register again.</summary>
    HasFallen = 2,

    /// <summary>Counts energy in Wh, so that the asset's rated power bounds what it may gain.</summary>
    IsEnergy = 4,
}

/// <summary>Gains of a counter by <see cref="WindowSpan"/>.</summary>
[InlineArray(WindowSpans.Count)]
internal struct WindowGains
{
    private double _first;
}
