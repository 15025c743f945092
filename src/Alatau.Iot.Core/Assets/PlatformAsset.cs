namespace Alatau.Iot.Core.Assets;

/// <summary>The platform as an asset of its own: what it measures of itself takes the road of every device, so that alarms about it are ordinary alarms.</summary>
/// <remarks>Nobody else may speak for it. Its messages stand in the journal and its readings in the history, but in no account: <see cref="Ledgers.Ledger.Apart"/>.</remarks>
public static class PlatformAsset
{
    /// <summary><c>platform/self</c>.</summary>
    public static AssetId Id { get; } = AssetId.Of("platform", "self");

    /// <summary>What the names of bridges begin with: <c>platform/bridge-NAME</c>.</summary>
    public const string BridgePrefix = "bridge-";

    public static Asset Asset { get; } = new(Id, "This platform", AssetKind.Platform);

    /// <summary>Whether only the platform speaks for an asset.</summary>
    public static bool Owns(AssetKind kind) => kind is AssetKind.Platform or AssetKind.Bridge;

    /// <summary>A bridge as an asset, so that devices can be reached through it and its loss be their cause.</summary>
    /// <param name="name">The bridge's name in the settings.</param>
    /// <param name="interval">How often it is looked at.</param>
    public static Asset Bridge(string name, TimeSpan interval) => new(BridgeId(name), $"Bridge {name}", AssetKind.Bridge) { ReportingInterval = interval };

    public static AssetId BridgeId(string name) => AssetId.Of(Id.Site, BridgePrefix + name);

    /// <summary>Whether an id is that of a bridge, whether there is such a bridge or not.</summary>
    public static bool IsBridge(AssetId id) => id.Site == Id.Site && id.Name.StartsWith(BridgePrefix, StringComparison.Ordinal) && id.Name.Length > BridgePrefix.Length;
}
