using System.Collections.Concurrent;
using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Ingest.Decoding;
using Alatau.Iot.Ingest.Decoding.Topics;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>Finds the asset and the decoder of a topic: by the profile's template, the fleets' bindings, and self-registration where that is allowed.</summary>
/// <remarks>Asked once for each topic, whose answer is then cached; any thread.</remarks>
public sealed class DeviceResolver
{
    private static readonly TimeZoneInfo s_defaultZone = DefaultZone();

    private readonly ProfileCatalog _profiles;
    private readonly PayloadDecoders _decoders;
    private readonly AssetDirectory _assets;
    private readonly IngestOptions _options;
    private readonly Dictionary<(string Profile, string Device), AssetId> _bound;
    private readonly Dictionary<string, TimeZoneInfo> _zones;
    private readonly NamedTopics _named;
    private readonly ConcurrentDictionary<(TopicRoute Route, TimeZoneInfo Zone), TopicRole> _shared = [];

    public DeviceResolver(ProfileCatalog profiles, AssetDirectory assets, IEnumerable<Fleet> fleets, IngestOptions options)
    {
        var all = fleets.ToList();
        (_profiles, _decoders, _assets, _options) = (profiles, new PayloadDecoders(profiles), assets, options);
        _named = new NamedTopics(assets);
        _bound = all.SelectMany(f => f.Bindings).GroupBy(b => (b.Profile, b.Device)).ToDictionary(g => g.Key, g => g.First().Asset);
        _zones = all.SelectMany(f => f.Sites).GroupBy(s => s.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().TimeZone, StringComparer.Ordinal);
    }

    /// <summary>What the road knows of a topic; null when it isn't the road's.</summary>
    /// <param name="topic">A valid topic name, UTF-8.</param>
    public TelemetryBinding? Bind(ReadOnlySpan<byte> topic)
    {
        if (!_profiles.TryMatch(topic, out var match))
        {
            return Unmatched(topic);
        }

        if (match.IsIgnored)
        {
            return new TelemetryBinding(TopicRole.Ignored);
        }

        string profile = match.Profile.Name;
        AssetId? wanted = match.AssetIn(_assets) ?? (_bound.TryGetValue((profile, match.DeviceKey), out var bound) ? bound : null);
        if (wanted is { } known && _assets.TryFind(known, out var handle))
        {
            return Device(match, handle, known.Site);
        }

        if (!_options.AutoRegister)
        {
            string name = wanted?.ToString() ?? match.DeviceKey;
            return Unknown(
                QuarantineReason.UnknownDevice,
                $"Device '{name}' of profile '{profile}' is bound to no asset. Add it to a file under devices/fleets, or set Ingest:AutoRegister.");
        }

        var id = wanted ?? (AssetId.TryOf(_options.AutoRegisterSite, AsPart(match.DeviceKey), out var made) ? made : null as AssetId?);
        if (id is null)
        {
            return Unknown(QuarantineReason.UnknownDevice, $"'{match.DeviceKey}' can't name an asset. Bind it to one under devices/fleets.");
        }

        return TryRegister(id.Value, out handle)
            ? Device(match, handle, id.Value.Site)
            : Unknown(QuarantineReason.TooManyAssets, $"The platform holds {_assets.Capacity} assets and takes no more. Add the device to a fleet in place of another.");
    }

    /// <summary>What the road knows of a topic that names its asset: as quick as looking the asset up, so that the answer need not be kept. A new asset's topic is bound by it.</summary>
    /// <param name="topic">Any bytes.</param>
    /// <returns>False for every other topic, which says nothing about it.</returns>
    public bool TryFind(ReadOnlySpan<byte> topic, out TelemetryBinding binding) => _named.TryFind(topic, this, _options.AutoRegister, out binding);

    /// <summary>The asset of another device that spoke in the same message, for example behind a Sparkplug node.</summary>
    public bool TryFindAsset(TelemetryBinding binding, string deviceKey, out AssetHandle asset)
    {
        asset = default;
        if (_bound.TryGetValue((binding.Role.Speech!.Profile, deviceKey), out var bound) && _assets.TryFind(bound, out asset))
        {
            return true;
        }

        return _options.AutoRegister
            && AssetId.TryOf(_options.AutoRegisterSite, AsPart(deviceKey), out var id)
            && TryRegister(id, out asset);
    }

    /// <summary>The platform itself and its bridges, which follow each other in the directory: the first one's index, and how many. None when the platform is no asset here.</summary>
    internal (int First, int Count) Own()
    {
        if (!_assets.TryFind(PlatformAsset.Id, out var platform))
        {
            return (0, 0);
        }

        int end = platform.Index + 1;
        while (end < _assets.Count && PlatformAsset.Owns(_assets[new AssetHandle(end)].Kind))
        {
            end++;
        }

        return (platform.Index, end - platform.Index);
    }

    /// <inheritdoc cref="PayloadDecoders"/>
    internal PayloadDecoders Decoders => _decoders;

    /// <summary>Command topics of the Sparkplug nodes that the fleets bind and whose births aren't known.</summary>
    internal IEnumerable<string> UnknownNodes() => _bound.Keys.Select(k => _decoders.UnknownNode(k.Profile, k.Device)).OfType<string>().Distinct(StringComparer.Ordinal);

    private static TelemetryBinding? Unmatched(ReadOnlySpan<byte> topic)
    {
        if (!topic.StartsWith("alatau/"u8))
        {
            return null;
        }

        return topic.IndexOf("/alarm/"u8) > 0
            ? new TelemetryBinding(TopicRole.Reserved)
            : Unknown(QuarantineReason.UnknownTopic, $"'{Encoding.UTF8.GetString(topic)}' is no topic of this platform. Publish on alatau/v1/{{site}}/{{asset}}/telemetry.");
    }

    private TelemetryBinding Device(ProfileMatch match, AssetHandle handle, string site)
    {
        var zone = _zones.GetValueOrDefault(site) ?? match.Profile.TimeZone ?? s_defaultZone;
        if (!PayloadDecoders.IsShared(match.Route))
        {
            return new TelemetryBinding(RoleOf(match, zone, isShared: false), handle);
        }

        var role = _shared.TryGetValue((match.Route, zone), out var known) ? known : _shared.GetOrAdd((match.Route, zone), RoleOf(match, zone, isShared: true));
        return new TelemetryBinding(role, handle);
    }

    private static TelemetryBinding Unknown(QuarantineReason reason, string detail) => new TelemetryBinding(TopicRole.Unknown(reason, detail));

    private TopicRole RoleOf(ProfileMatch match, TimeZoneInfo zone, bool isShared) =>
        TopicRole.Device(new DeviceSpeech(_decoders.For(match), match.Profile.Name, zone, match.Capture("group") is null || match.Capture("node") is null ? null : SparkplugRebirth.Topic(match)), isShared);

    private bool TryRegister(AssetId id, out AssetHandle handle) =>
        _assets.TryRegister(new Asset(id, id.Name, AssetKind.Unknown) { IsSelfRegistered = true }, out handle);

    private static TimeZoneInfo DefaultZone() =>
        TimeZoneInfo.TryFindSystemTimeZoneById(FleetReader.DefaultTimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>A device's name as a part of an asset id: what isn't allowed there becomes a dash.</summary>
    private static string AsPart(string device)
    {
        var part = new StringBuilder(device.Length);
        foreach (char c in device.Length > AssetId.MaximumPartLength ? device.AsSpan(0, AssetId.MaximumPartLength) : device)
        {
            part.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-');
        }

        return part.ToString();
    }
}
