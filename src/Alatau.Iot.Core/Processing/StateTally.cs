using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Core.Processing;

/// <summary>What was found while states were read back: how many, and what the platform no longer has.</summary>
public sealed class StateTally
{
    /// <summary>States restored.</summary>
    public int Assets { get; internal set; }

    /// <summary>States left out: their asset is neither in the fleet nor registered by itself, or the directory is full.</summary>
    public int AssetsGone { get; internal set; }

    /// <summary>Measurands of restored states left out: unknown now, or with another unit or kind.</summary>
    public int MeasurandsGone { get; internal set; }

    /// <summary>Watched measurands of rules left out: the rule is gone or watches something else.</summary>
    public int WatchersGone { get; internal set; }

    /// <summary>Alarms of restored states whose rule is gone or watches something else, by their latest step: to be closed with <see cref="AssetProcessor.Close"/>.</summary>
    public List<(AssetState State, AlarmTransition Last)> Orphans { get; } = [];

    /// <summary>Open alarms of assets that are gone, by their latest step: nobody will close them.</summary>
    public List<AlarmTransition> Abandoned { get; } = [];
}
