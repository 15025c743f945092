using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Ingest.Decoding.Topics;

namespace Alatau.Iot.Ingest.Decoding;

/// <summary>What a topic says: its profile, its device and the texts at the template's named places. Looks at the topic's bytes; texts are made when asked for.</summary>
public readonly ref struct ProfileMatch
{
    private readonly ReadOnlySpan<byte> _topic;

    internal ProfileMatch(TopicRoute route, ReadOnlySpan<byte> topic)
    {
        Route = route;
        _topic = topic;
    }

    public Profile Profile => Route.Profile;

    /// <summary>True when the profile says that this topic carries nothing for the platform: drop it, count it, no quarantine.</summary>
    public bool IsIgnored => Route.IsIgnored;

    /// <summary>
    /// What a fleet's binding calls the device: the text at <c>{device}</c>, or what the profile composes of several (<c>{portal}/{service}/{instance}</c>).
    /// Empty when ignored. Composed anew each time.
    /// </summary>
    public string DeviceKey => Route.DeviceKey(_topic);

    internal TopicRoute Route { get; }

    /// <summary>The asset, when the template itself names <c>{site}</c> and <c>{asset}</c> and both are allowed; null otherwise.</summary>
    /// <param name="directory">Whose text of the site's name is taken when it knows the site.</param>
    public AssetId? AssetIn(AssetDirectory directory) =>
        Route.Template.TryCapture(_topic, "site", out var site) && Route.Template.TryCapture(_topic, "asset", out var asset)
        && AssetId.TryOf(directory.SiteName(site), Encoding.UTF8.GetString(asset), out var id) ? id : null;

    /// <summary>The text at a named place of the template; null when it has no such place.</summary>
    public string? Capture(string name) => Route.Template.TryCapture(_topic, name, out var text) ? Encoding.UTF8.GetString(text) : null;
}
