using Alatau.Iot.Core.Assets;
using Alatau.Iot.Ingest.Decoding.Topics;

namespace Alatau.Iot.Ingest.Decoding;

/// <summary>What a topic says: its profile, its device and the texts at the template's named places.</summary>
public sealed class ProfileMatch
{
    internal ProfileMatch(TopicRoute route, Dictionary<string, string> captures)
    {
        (Route, Captures) = (route, captures);
        DeviceKey = route.DeviceKey(captures);
        Asset = captures.TryGetValue("site", out string? site) && captures.TryGetValue("asset", out string? asset) && AssetId.TryOf(site, asset, out var id) ? id : null;
    }

    public Profile Profile => Route.Profile;

    /// <summary>True when the profile says that this topic carries nothing for the platform: drop it, count it, no quarantine.</summary>
    public bool IsIgnored => Route.IsIgnored;

    /// <summary>
    /// What a fleet's binding calls the device: the text at <c>{device}</c>, or what the profile composes of several (<c>{portal}/{service}/{instance}</c>).
    /// Empty when ignored.
    /// </summary>
    public string DeviceKey { get; }

    /// <summary>The asset, when the template itself names <c>{site}</c> and <c>{asset}</c> and both are allowed; null otherwise.</summary>
    public AssetId? Asset { get; }

    /// <summary>The captured texts by name.</summary>
    public IReadOnlyDictionary<string, string> Captures { get; }

    internal TopicRoute Route { get; }
}
