using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Runtime;

/// <summary>An asset as it stood between two messages.</summary>
/// <param name="Asset">Which.</param>
/// <param name="LastMeasuredAt">Latest usable measurement of any of its measurands; <see cref="Instant.MinValue"/> when all were bad so far.</param>
/// <param name="LastReceivedAt">Latest arrival.</param>
/// <param name="Values">Latest value of each measurand by MeasuredAt, sorted by name.</param>
/// <param name="Alarms">Alarms that are not normal.</param>
/// <param name="ReadingCount">Readings stored since the asset's state began; a checkpoint keeps the count.</param>
public sealed record AssetSnapshot(
    AssetHandle Asset,
    Instant LastMeasuredAt,
    Instant LastReceivedAt,
    IReadOnlyList<LatestValue> Values,
    IReadOnlyList<AlarmView> Alarms,
    long ReadingCount)
{
    /// <summary>Whether it ever had a usable reading.</summary>
    public bool HasMeasured => LastMeasuredAt > Instant.MinValue;
}

/// <summary>The latest value of one measurand, in its canonical unit.</summary>
public readonly record struct LatestValue(MeasurandId Measurand, double Value, Instant MeasuredAt, Quality Quality);

/// <summary>An alarm that is not normal, as seen from outside.</summary>
public sealed record AlarmView(string AlarmId, AssetId Asset, string Rule, string Title, AlarmSeverity Severity, AlarmState State, Instant RaisedAt, Instant ChangedAt, double? Value, string By, string Why)
{
    /// <summary>When shelving ends by itself; null when it isn't shelved.</summary>
    public Instant? ShelvedUntil { get; init; }

    /// <summary>It was suppressed from its first step on, and nobody was told.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>The place whose outage suppresses it, as <c>site/asset</c>; null when none does.</summary>
    public string? SuppressedBy { get; init; }
}
