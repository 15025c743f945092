using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Outages;

/// <summary>What an asset below a judged place gave to know of itself; a closed set.</summary>
public enum OutageSignKind : byte
{
    /// <summary>Nothing new.</summary>
    None,

    /// <summary>It measures, for the first time or again.</summary>
    Heard,

    /// <summary>It has been silent for longer than its silence rule allows.</summary>
    Silent,

    /// <summary>It said that it goes: a last gasp, a will, the death of its node.</summary>
    Gasp,
}

/// <param name="Kind">What.</param>
/// <param name="At">Silent: its last measurement. Gasp: when it said so. Heard: its latest measurement.</param>
/// <param name="IntervalMilliseconds">Silent: within this time after <paramref name="At"/> it would have been heard again; 0 for a gasp.</param>
/// <param name="DeafMilliseconds">Silent: how long after <paramref name="At"/> the platform itself could hear nobody; it may have gone in that time as well.</param>
public readonly record struct OutageSign(OutageSignKind Kind, Instant At, long IntervalMilliseconds, long DeafMilliseconds = 0);
