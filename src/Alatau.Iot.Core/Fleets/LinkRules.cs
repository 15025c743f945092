using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Core.Fleets;

/// <summary>Which kinds may belong together.</summary>
internal sealed class LinkRules(Dictionary<AssetId, Asset> assets, Dictionary<AssetId, Place> places)
{
    /// <returns>What is wrong and its cure; null when the kinds fit.</returns>
    public (string Problem, string Cure)? Refuse(Link link)
    {
        if (link.Child == link.Parent)
        {
            return link.Relation switch
            {
                LinkRelation.FedBy => ($"'{link.Child}' is fed by itself in a circle", "Remove one link of the circle"),
                LinkRelation.LocatedIn => ($"'{link.Child}' lies in itself", "Name the place around it"),
                LinkRelation.ReachedThrough => ($"'{link.Child}' is reached through itself", "Name what is between it and the platform, or leave it out"),
                _ => ($"'{link.Child}' is metered by itself", "Leave it out: an asset that measures is its own meter"),
            };
        }

        return link.Relation switch
        {
            LinkRelation.FedBy when !Feeds(link) => ($"'{link.Parent}', a {KindOf(link.Parent)}, can't feed '{link.Child}', a {KindOf(link.Child)}", "Transformers, feeders and meters feed what draws or makes electricity; water meters feed water meters"),
            LinkRelation.LocatedIn when !Holds(link) => ($"'{link.Child}', a {KindOf(link.Child)}, can't lie in '{link.Parent}', a {KindOf(link.Parent)}", "Assets lie in rooms, floors and buildings of places; rooms in floors or buildings, floors in buildings"),
            LinkRelation.MeteredBy when !Meters(link) => ($"'{link.Parent}', a {KindOf(link.Parent)}, is no meter", "Name an asset of kind meter, feeder, transformer, solar, storage or water"),
            LinkRelation.ReachedThrough when !PlatformAsset.IsBridge(link.Parent) && (places.ContainsKey(link.Parent) || assets[link.Parent].Kind != AssetKind.Gateway) =>
                ($"'{link.Parent}', a {KindOf(link.Parent)}, is no gateway", "Name an asset of kind gateway, or platform/bridge-NAME for a bridge of the settings"),
            _ => null,
        };
    }

    private bool Feeds(Link link)
    {
        var (childIsWater, child) = Medium(link.Child);
        var (parentIsWater, _) = Medium(link.Parent);
        bool parentFeeds = places.TryGetValue(link.Parent, out var place) ? place.Kind is PlaceKind.Feeder or PlaceKind.Transformer
            : assets[link.Parent].Kind is AssetKind.Meter or AssetKind.Feeder or AssetKind.Transformer or AssetKind.Water;
        return child && parentFeeds && childIsWater == parentIsWater;
    }

    private (bool IsWater, bool IsFed) Medium(AssetId id) => places.TryGetValue(id, out var place)
        ? (false, place.Kind is PlaceKind.Feeder or PlaceKind.Transformer)
        : (assets[id].Kind == AssetKind.Water, assets[id].Kind is not (AssetKind.Weather or AssetKind.Platform));

    private bool Holds(Link link) => places.TryGetValue(link.Parent, out var parent) && Size(parent.Kind) is > 0 and var size
        && (!places.TryGetValue(link.Child, out var child) || Size(child.Kind) < size);

    private bool Meters(Link link) => assets.TryGetValue(link.Parent, out var meter)
        && meter.Kind is AssetKind.Meter or AssetKind.Feeder or AssetKind.Transformer or AssetKind.Solar or AssetKind.Storage or AssetKind.Water;

    /// <summary>What isn't spatial has no size and lies in anything that has one.</summary>
    private static int Size(PlaceKind kind) => kind switch
    {
        PlaceKind.Room => 1,
        PlaceKind.Floor => 2,
        PlaceKind.Building => 3,
        _ => 0,
    };

    private string KindOf(AssetId id)
    {
        string kind = places.TryGetValue(id, out var place) ? place.Kind.ToString() : assets[id].Kind.ToString();
        return char.ToLowerInvariant(kind[0]) + kind[1..];
    }
}
