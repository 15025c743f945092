using System.Runtime.CompilerServices;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Processing;

/// <summary>What a counter needs beside its slot. 72 bytes.</summary>
internal struct CounterState
{
    /// <summary>Gains in the held windows.</summary>
    public WindowGains Gains;

    /// <summary>Gain since the asset's local midnight (<see cref="AssetState.DayStart"/>).</summary>
    public double Today;

    /// <summary>Register it last fell from; meaningless unless <see cref="HasFallen"/>.</summary>
    public double FellFrom;

    /// <summary>Register it last fell to.</summary>
    public double FellTo;

    /// <summary>The earliest register known, kept until <see cref="HasFallen"/> for readings that arrive before it in event time.</summary>
    public double FirstValue;

    /// <summary>MeasuredAt of <see cref="FirstValue"/>; <see cref="Time.Instant.MinValue"/> once it no longer serves.</summary>
    public Time.Instant FirstAt;

    public bool HasFallen;

    /// <summary>Counts energy in Wh, so that the asset's rated power bounds what it may gain.</summary>
    public bool IsEnergy;
}

/// <summary>Gains of a counter by <see cref="WindowSpan"/>.</summary>
[InlineArray(WindowSpans.Count)]
internal struct WindowGains
{
    private double _first;
}
