using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Alatau.Iot.Core.Readings;

namespace Alatau.Iot.Core.Windows;

/// <summary>One window of one measurand while it is held. 30 bytes: its start follows from the slot's newest aggregated reading, which every held window contains.</summary>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(ushort))]
internal struct WindowAccumulator
{
    public double Minimum;
    public double Maximum;

    /// <summary>Running mean (Welford): no sum that grows until small values vanish in it.</summary>
    public double Mean;

    // Count in the lower 28 bits (an hour has 3.6 million milliseconds), one bit for the recount, two of quality, one for dirty.
    private uint _packed;

    /// <summary>Revision that the next publication carries.</summary>
    public ushort NextRevision;

    private const int QualityShift = 29;
    private const uint CountBits = (1U << 28) - 1;
    private const uint RecountBit = 1U << 28;
    private const uint QualityBits = 3U << QualityShift;
    private const uint DirtyBit = 1U << 31;

    /// <summary>Readings in it; 0 to 2^28 - 1.</summary>
    public int Count
    {
        readonly get => (int)(_packed & CountBits);
        set => _packed = (_packed & ~CountBits) | ((uint)value & CountBits);
    }

    /// <summary>The worst of its readings.</summary>
    public Quality Quality
    {
        readonly get => (Quality)((_packed & QualityBits) >> QualityShift);
        set => _packed = (_packed & ~QualityBits) | ((uint)value << QualityShift);
    }

    /// <summary>Something changed since the last publication.</summary>
    public bool IsDirty
    {
        readonly get => (_packed & DirtyBit) != 0;
        set => _packed = value ? _packed | DirtyBit : _packed & ~DirtyBit;
    }

    /// <summary>What it holds can't be made exact from what is held: its readings have to be read again once it has ended.</summary>
    public bool NeedsRecount
    {
        readonly get => (_packed & RecountBit) != 0;
        set => _packed = value ? _packed | RecountBit : _packed & ~RecountBit;
    }

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

    /// <param name="last">Value of its newest reading.</param>
    /// <param name="delta">Gain of a counter; 0 of others.</param>
    /// <param name="reportingIntervalMilliseconds">0 when unknown.</param>
    public readonly WindowSummary Summarize(WindowSpan span, double last, double delta, int reportingIntervalMilliseconds, ushort revision)
    {
        float completeness = reportingIntervalMilliseconds > 0 ? (float)Math.Min(1, Count * (double)reportingIntervalMilliseconds / span.Milliseconds()) : float.NaN;
        return new WindowSummary(Count, Minimum, Maximum, Mean, last, delta, completeness, revision, Quality);
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
