namespace Alatau.Iot.Core.Assets;

/// <summary>The platform as an asset of its own: what it measures of itself takes the road of every device, so that alarms about it are ordinary alarms.</summary>
/// <remarks>Nobody else may speak for it. Its messages stand in the journal and its readings in the history, but in no account: <see cref="Ledgers.Ledger.Apart"/>.</remarks>
public static class PlatformAsset
{
    /// <summary><c>platform/self</c>.</summary>
    public static AssetId Id { get; } = AssetId.Of("platform", "self");

    public static Asset Asset { get; } = new(Id, "This platform", AssetKind.Platform);
}
