using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;

namespace Alatau.Iot.Simulator.Truth;

/// <summary>What was really published for one asset, so that a platform's counts and sums can be compared with it. Owned by the player's thread.</summary>
internal sealed class AssetTruth(AssetId asset, ReadingLayout layout)
{
    private readonly MeasurandTruth[] measurands = new MeasurandTruth[layout.Count];

    internal AssetId Asset { get; } = asset;

    internal ReadingLayout Layout { get; } = layout;

    /// <summary>Messages published with a payload that can be read, each counted once.</summary>
    internal long Messages { get; private set; }

    /// <summary>Further copies of messages.</summary>
    internal long Duplicates { get; private set; }

    /// <summary>Messages whose payload can't be read.</summary>
    internal long Broken { get; private set; }

    /// <summary>Messages stamped by a clock that was wrong; they count into <see cref="Messages"/>, too.</summary>
    internal long ClockShifted { get; private set; }

    /// <summary>Messages that were measured and never published.</summary>
    internal long Withheld { get; private set; }

    /// <summary>Messages the broker took, copies and broken ones included; equals all published at QoS 0.</summary>
    internal long Acknowledged { get; set; }

    internal Instant First { get; private set; } = Instant.MaxValue;

    internal Instant Last { get; private set; } = Instant.MinValue;

    internal ReadOnlySpan<MeasurandTruth> Measurands => measurands;

    /// <summary>Counts a message that can be read.</summary>
    /// <param name="stampedAt">The time it carries.</param>
    /// <param name="said">Its numbers as written; NaN where there is none.</param>
    /// <param name="isClockShifted">Whether the device's clock was wrong.</param>
    internal void AddMessage(Instant stampedAt, ReadOnlySpan<double> said, bool isClockShifted)
    {
        Messages++;
        ClockShifted += isClockShifted ? 1 : 0;
        First = Instant.Min(First, stampedAt);
        Last = Instant.Max(Last, stampedAt);
        for (var i = 0; i < said.Length; i++)
        {
            if (double.IsFinite(said[i]))
                measurands[i].Add(said[i]);
        }
    }

    internal void AddDuplicate() => Duplicates++;

    internal void AddBroken() => Broken++;

    internal void AddWithheld() => Withheld++;
}
