using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Engine.Checkpoints;

/// <summary>What was found in a checkpoint.</summary>
/// <param name="Verdict">Whether the engine was restored; all else has meaning only then.</param>
/// <param name="Detail">What exactly is wrong, for the log; empty when restored.</param>
public sealed record RestoreResult(RestoreVerdict Verdict, string Detail = "")
{
    /// <summary>Journal position of the last message in it: replay begins behind it.</summary>
    public long Position { get; init; }

    /// <summary>When it was taken.</summary>
    public Instant TakenAt { get; init; }

    /// <summary>States restored.</summary>
    public int Assets { get; init; }

    /// <summary>States left out because their asset is no longer in the fleet.</summary>
    public int AssetsGone { get; init; }

    /// <summary>Measurands of restored assets left out because the catalog no longer has them in that unit and kind.</summary>
    public int MeasurandsGone { get; init; }

    /// <summary>Alarms that the engine closes at its start because their rule is gone or watches something else.</summary>
    public int AlarmsClosed { get; init; }

    /// <summary>Latest step of the open alarms of assets that are gone; nobody will close them.</summary>
    public IReadOnlyList<AlarmTransition> AlarmsAbandoned { get; init; } = [];

    /// <summary>What others than the engine remembered, in the pieces in which they gave it.</summary>
    public IReadOnlyList<byte[]> Memory { get; init; } = [];

    /// <summary>Totals by route up to <see cref="Position"/>.</summary>
    public IReadOnlyList<RouteTotals> Totals { get; init; } = [];
}
