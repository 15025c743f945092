using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Core.Fleets;

/// <summary>Which device speaks for an asset, and by which profile.</summary>
/// <param name="Asset">The asset.</param>
/// <param name="Profile">Folder name under devices/profiles.</param>
/// <param name="Device">What stands for <c>{device}</c> in the profile's topic template.</param>
public sealed record DeviceBinding(AssetId Asset, string Profile, string Device);
