using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Web.Live;

/// <summary>Which assets are wanted; a part that is null or empty wants all.</summary>
internal sealed record AssetFilter(string? Site, AssetKind? Kind, string? Text)
{
    public bool Takes(Asset asset) =>
        (string.IsNullOrEmpty(Site) || string.Equals(Site, asset.Id.Site, StringComparison.Ordinal))
        && (Kind is null || Kind == asset.Kind)
        && (string.IsNullOrEmpty(Text)
            || asset.DisplayName.Contains(Text, StringComparison.OrdinalIgnoreCase)
            || asset.Id.ToString().Contains(Text, StringComparison.OrdinalIgnoreCase));
}
