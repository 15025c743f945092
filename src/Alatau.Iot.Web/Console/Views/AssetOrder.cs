using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>All assets in the order an operator looks for them: by site as in the fleet, from transformer to sensor, by name. Sorted anew when assets were added, at most every five seconds.</summary>
internal sealed class AssetOrder(AssetDirectory assets, Sites sites, TimeProvider clock)
{
    private static readonly AssetKind[] s_kinds =
        [AssetKind.Transformer, AssetKind.Feeder, AssetKind.Solar, AssetKind.Storage, AssetKind.Building, AssetKind.Water, AssetKind.Weather, AssetKind.Meter, AssetKind.Gateway, AssetKind.Unknown, AssetKind.Bridge, AssetKind.Platform];

    private readonly Lock _gate = new();
    private int[] _order = [];
    private AssetKind[] _present = [];
    private Instant _sortedAt = Instant.MinValue;

    /// <summary>Kinds in the order of the table.</summary>
    public IReadOnlyList<AssetKind> KindsPresent => _present;

    public int[] All()
    {
        lock (_gate)
        {
            var now = Instant.Now(clock);
            if (_order.Length != assets.Count && (_order.Length == 0 || now - _sortedAt >= TimeSpan.FromSeconds(5)))
            {
                Sort();
                _sortedAt = now;
            }

            return _order;
        }
    }

    private void Sort()
    {
        var siteRank = sites.Known.Select((s, i) => (s.Name, i)).ToDictionary(s => s.Name, s => s.i, StringComparer.Ordinal);
        var all = assets.Snapshot().ToArray();
        _order =
        [
            .. Enumerable.Range(0, all.Length)
                .OrderBy(i => siteRank.GetValueOrDefault(all[i].Id.Site, int.MaxValue))
                .ThenBy(i => all[i].Id.Site, StringComparer.Ordinal)
                .ThenBy(i => Array.IndexOf(s_kinds, all[i].Kind))
                .ThenBy(i => all[i].DisplayName, StringComparer.Ordinal),
        ];
        _present = [.. s_kinds.Where(k => all.Any(a => a.Kind == k))];
    }
}
