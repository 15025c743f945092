using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Core.Fleets;

/// <summary>Sites, assets, how energy flows between assets, and the devices that speak for them. Immutable and validated.</summary>
/// <param name="Name">Of the file.</param>
/// <param name="Sites">At least one.</param>
/// <param name="Assets">In the file's order.</param>
/// <param name="Bindings">Devices that use another profile than the native one.</param>
/// <param name="FedBy">For each asset that has one: the asset directly above it (meter → feeder → transformer).</param>
public sealed record Fleet(
    string Name,
    IReadOnlyList<Site> Sites,
    IReadOnlyList<Asset> Assets,
    IReadOnlyList<DeviceBinding> Bindings,
    IReadOnlyDictionary<AssetId, AssetId> FedBy);
