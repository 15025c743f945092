using System.Collections.ObjectModel;

namespace Alatau.Iot.Core.Assets;

/// <summary>What stands on an asset's plate, as far as the fleet says it; an object of its own, so that an asset of which nothing is known doesn't pay for it.</summary>
internal sealed record AssetPlate
{
    /// <summary>Nothing known.</summary>
    public static readonly AssetPlate Blank = new();

    /// <summary>Null for the name of the id.</summary>
    public string? DisplayName { get; init; }

    public TimeSpan? ReportingInterval { get; init; }

    public double? RatedPowerWatts { get; init; }

    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    public IReadOnlyDictionary<string, string> Attributes { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
