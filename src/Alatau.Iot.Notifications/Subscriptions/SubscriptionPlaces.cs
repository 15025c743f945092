using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;

namespace Alatau.Iot.Notifications.Subscriptions;

/// <summary>What a subscription's scope may name: the sites, assets and topology of the fleet, and the rules.</summary>
public sealed class SubscriptionPlaces
{
    private readonly Dictionary<AssetId, List<AssetId>> _feeds = [];
    private readonly HashSet<AssetId> _assets;
    private readonly bool _isOpen;
    private readonly bool _isPartial;

    /// <param name="fleets">All fleets that are loaded.</param>
    /// <param name="rules">All rules.</param>
    /// <param name="isOpen">Whether devices may register themselves: then a site or an asset that no fleet names may still come.</param>
    /// <param name="isPartial">Whether some of the files could not be read: then nobody can say what doesn't exist.</param>
    public SubscriptionPlaces(IEnumerable<Fleet> fleets, IEnumerable<AlarmRule> rules, bool isOpen, bool isPartial = false)
    {
        var all = fleets.ToArray();
        Sites = all.SelectMany(f => f.Sites).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        _assets = all.SelectMany(f => f.Assets).Select(a => a.Id).ToHashSet();
        Rules = rules.Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
        TimeZone = all.SelectMany(f => f.Sites).FirstOrDefault()?.TimeZone.Id ?? FleetReader.DefaultTimeZone;
        (_isOpen, _isPartial) = (isOpen, isPartial);
        foreach (var (child, parent) in all.SelectMany(f => f.FedBy))
        {
            if (!_feeds.TryGetValue(parent, out var children))
            {
                _feeds[parent] = children = [];
            }

            children.Add(child);
        }
    }

    public IReadOnlySet<string> Sites { get; }

    public IReadOnlySet<string> Rules { get; }

    /// <summary>Zone of a subscription that names none: the first site's.</summary>
    public string TimeZone { get; }

    public bool KnowsSite(string site) => _isOpen || _isPartial || Sites.Contains(site);

    public bool KnowsAsset(AssetId asset) => _isOpen || _isPartial || _assets.Contains(asset);

    public bool KnowsRule(string rule) => _isPartial || Rules.Contains(rule);

    /// <summary>An asset and all that it feeds, directly or by way of others.</summary>
    public IEnumerable<AssetId> Branch(AssetId root)
    {
        var seen = new HashSet<AssetId> { root };
        var next = new Queue<AssetId>(seen);
        while (next.TryDequeue(out var at))
        {
            yield return at;
            foreach (var child in _feeds.GetValueOrDefault(at) ?? [])
            {
                if (seen.Add(child))
                {
                    next.Enqueue(child);
                }
            }
        }
    }
}
