namespace Alatau.Iot.Core.Assets;

/// <summary>Something that is metered or sensed: the unit of processing, one actor each.</summary>
/// <param name="Id">Site and name.</param>
/// <param name="DisplayName">What an operator calls it; the name from the id when the fleet says nothing.</param>
/// <param name="Kind">What it is to the operator.</param>
/// <remarks>48 bytes while nothing but these is known of it, as of most that registered themselves.</remarks>
public sealed record Asset(AssetId Id, string DisplayName, AssetKind Kind)
{
    private readonly AssetPlate? _plate = DisplayName == Id.Name ? null : AssetPlate.Blank with { DisplayName = DisplayName };

    /// <summary>What an operator calls it.</summary>
    public string DisplayName
    {
        get => _plate?.DisplayName ?? Id.Name;
        init => _plate = value == Id.Name && _plate is null ? null : (_plate ?? AssetPlate.Blank) with { DisplayName = value };
    }

    /// <summary>How often it is expected to report; null when unknown. Completeness and silence are measured against it.</summary>
    public TimeSpan? ReportingInterval
    {
        get => _plate?.ReportingInterval;
        init => _plate = (_plate ?? AssetPlate.Blank) with { ReportingInterval = value };
    }

    /// <summary>Rated active power in W of the connection or plant; null when unknown. Bounds what a counter may plausibly gain.</summary>
    public double? RatedPowerWatts
    {
        get => _plate?.RatedPowerWatts;
        init => _plate = (_plate ?? AssetPlate.Blank) with { RatedPowerWatts = value };
    }

    /// <summary>Degrees north, WGS 84; null when unknown.</summary>
    public double? Latitude
    {
        get => _plate?.Latitude;
        init => _plate = (_plate ?? AssetPlate.Blank) with { Latitude = value };
    }

    /// <summary>Degrees east, WGS 84; null when unknown.</summary>
    public double? Longitude
    {
        get => _plate?.Longitude;
        init => _plate = (_plate ?? AssetPlate.Blank) with { Longitude = value };
    }

    /// <summary>Further attributes of the fleet file, by name.</summary>
    public IReadOnlyDictionary<string, string> Attributes
    {
        get => (_plate ?? AssetPlate.Blank).Attributes;
        init => _plate = (_plate ?? AssetPlate.Blank) with { Attributes = value };
    }

    /// <summary>True when the asset was not in the fleet and registered itself by its first message.</summary>
    public bool IsSelfRegistered { get; init; }
}
