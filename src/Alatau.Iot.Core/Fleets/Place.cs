using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Core.Fleets;

/// <summary>A node of the topology that is no asset: nothing reports for it, but things are in it or hang on it.</summary>
/// <param name="Id">Its site and its name there; no asset has the same.</param>
/// <param name="DisplayName">What an operator calls it.</param>
/// <param name="Kind">What it is.</param>
public sealed record Place(AssetId Id, string DisplayName, PlaceKind Kind)
{
    /// <summary>Heated floor area in m² of a room, floor or building; null when unknown. What its energy is divided by.</summary>
    public double? FloorSquareMetres { get; init; }
}
