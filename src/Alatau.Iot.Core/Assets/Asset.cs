namespace Alatau.Iot.Core.Assets;

/// <summary>Something that is metered or sensed: the unit of processing, one actor each.</summary>
/// <param name="Id">Site and name.</param>
/// <param name="DisplayName">What an operator calls it; the name from the id when the fleet says nothing.</param>
/// <param name="Kind">What it is to the operator.</param>
public sealed record Asset(AssetId Id, string DisplayName, AssetKind Kind)
{
    /// <summary>How often it is expected to report; null when unknown. Completeness and silence are measured against it.</summary>
    public TimeSpan? ReportingInterval { get; init; }

    /// <summary>Rated active power in W of the connection or plant; null when unknown. Bounds what a counter may plausibly gain.</summary>
    public double? RatedPowerWatts { get; init; }

    /// <summary>Degrees north, WGS 84; null when unknown.</summary>
    public double? Latitude { get; init; }

    /// <summary>Degrees east, WGS 84; null when unknown.</summary>
    public double? Longitude { get; init; }

    /// <summary>Further attributes of the fleet file, by name.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>True when the asset was not in the fleet and registered itself by its first message.</summary>
    public bool IsSelfRegistered { get; init; }
}
