using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Core.Fleets;

/// <summary>Sites, assets, how energy flows between assets, and the devices that speak for them. Immutable and validated.</summary>
/// <param name="Name">Of the file.</param>
/// <param name="Sites">At least one.</param>
/// <param name="Assets">In the file's order.</param>
/// <param name="Bindings">Devices that use another profile than the native one.</param>
/// <param name="FedBy">For each asset or place that has one: what feeds it directly (meter → feeder → transformer); of several with dates the latest.</param>
public sealed record Fleet(
    string Name,
    IReadOnlyList<Site> Sites,
    IReadOnlyList<Asset> Assets,
    IReadOnlyList<DeviceBinding> Bindings,
    IReadOnlyDictionary<AssetId, AssetId> FedBy)
{
    /// <summary>What all sites lie in; null when the file says nothing.</summary>
    public City? City { get; init; }

    /// <summary>Nodes of the topology that are no assets.</summary>
    public IReadOnlyList<Place> Places { get; init; } = [];

    /// <summary>All relations of the topology with their validity; those of one node and relation never overlap, and nothing feeds itself at any time.</summary>
    public IReadOnlyList<Link> Links { get; init; } = [];

    /// <summary>What assets are reached through, with validity; those of one asset never overlap, and nothing is reached through itself. The upper one is a gateway of the fleet or a bridge of the settings.</summary>
    public IReadOnlyList<Link> ReachedThrough { get; init; } = [];

    /// <summary>Customers behind an asset, where the file says another number than 1 for a meter and 0 for anything else.</summary>
    public IReadOnlyDictionary<AssetId, int> Customers { get; init; } = new Dictionary<AssetId, int>();
}
