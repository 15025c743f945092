using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Web.Live;

/// <summary>Load and generation of the last day out of the quarter-hour windows of transformers and generators: load = exchange + generation.</summary>
internal sealed class TotalsHistory(IHistoryStore store, AssetDirectory assets, MeasurandCatalog catalog)
{
    /// <summary>Most assets asked; a city with more transformers and plants starts its curve with the present.</summary>
    private const int MaximumAssets = 500;

    public async Task FillAsync(TotalsBook book, Instant now, CancellationToken cancellationToken)
    {
        var members = assets.Snapshot().ToArray().Where(a => a.Kind is AssetKind.Transformer or AssetKind.Solar).ToArray();
        if (members.Length is 0 or > MaximumAssets || !members.Any(a => a.Kind == AssetKind.Transformer))
        {
            return;
        }

        var power = catalog.Id("activePower");
        var exchange = new SortedDictionary<long, double>();
        var generation = new Dictionary<long, double>();
        foreach (var asset in members)
        {
            var query = new SeriesQuery(asset.Id, power, now - TimeSpan.FromDays(1), now, WindowSpan.QuarterHour, 100);
            var page = await store.ReadSeriesAsync(query, cancellationToken);
            foreach (var point in page.Points)
            {
                long at = point.At.UnixMilliseconds;
                if (asset.Kind == AssetKind.Transformer)
                {
                    exchange[at] = exchange.GetValueOrDefault(at) + point.Value;
                }
                else
                {
                    generation[at] = generation.GetValueOrDefault(at) + point.Value;
                }
            }
        }

        foreach (var (at, net) in exchange)
        {
            double produced = generation.GetValueOrDefault(at);
            book.Fill(new Instant(at), Math.Max(0, net + produced), produced);
        }
    }
}
