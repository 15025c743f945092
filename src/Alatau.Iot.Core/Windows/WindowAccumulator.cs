using System.Runtime.CompilerServices;
using Alatau.Iot.Core.Readings;

namespace Alatau.Iot.Core.Windows;

/// <summary>One window of one measurand while it is held. 32 bytes: its start follows from the slot's newest aggregated reading, which every held window contains.</summary>
internal struct WindowAccumulator
{
    public double Minimum;
    public double Maximum;

    /// <summary>Running mean (Welford): no sum that grows until small values vanish in it.</summary>
    public double Mean;
    public int Count;

    /// <summary>Revision that the next publication carries.</summary>
    public ushort NextRevision;
    public Quality Quality;

    /// <summary>Something changed since the last publication.</summary>
    public bool IsDirty;

    /// <returns>True when the window had nothing unpublished before.</returns>
    public bool Add(double value, Quality quality)
    {
        if (Count == 0)
        {
            (Minimum, Maximum, Mean, Count, Quality) = (value, value, value, 1, quality);
        }
        else
        {
            Count++;
            Mean += (value - Mean) / Count;
            Minimum = value < Minimum ? value : Minimum;
            Maximum = value > Maximum ? value : Maximum;
            Quality = quality > Quality ? quality : Quality;
        }

        bool first = !IsDirty;
        IsDirty = true;
        return first;
    }

    /// <summary>Marks the present content as published and answers its revision; the last one repeats after 65,535.</summary>
    public ushort Publish()
    {
        IsDirty = false;
        ushort revision = NextRevision;
        NextRevision = revision == ushort.MaxValue ? revision : (ushort)(revision + 1);
        return revision;
    }
}

/// <summary>The held windows of one measurand, by <see cref="WindowSpan"/>.</summary>
[InlineArray(WindowSpans.Count)]
internal struct HeldWindows
{
    private WindowAccumulator _first;
}
