using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Processing;

/// <summary>Sums assets by site, some at a time, on the thread that owns their states; tallies of several shards are merged into <see cref="SiteTotals"/>.</summary>
/// <remarks>
/// Energy today is what a register gained since the asset's last reading before local midnight, resets accounted for. The reference lives in the asset's state: after a restart without a checkpoint it begins again with
/// the first reading after the start, and a reading of earlier the same day that arrives then (a device's buffer, a replay) is taken into it.
/// </remarks>
public sealed class SiteTally
{
    private const int IntervalsFresh = 3;
    private const long FreshMillisecondsWithoutInterval = 300_000;

    private readonly AssetProcessor _processor;
    private readonly MeasurandId _activePower;
    private readonly MeasurandId _energyImport;
    private readonly MeasurandId _energyProduced;
    private readonly List<Sums> _sites = [];

    public SiteTally(AssetProcessor processor, MeasurandCatalog catalog)
    {
        _processor = processor;
        _activePower = catalog.Id("activePower");
        _energyImport = catalog.Id("energyImport");
        _energyProduced = catalog.Id("energyProduced");
    }

    /// <summary>Empties it.</summary>
    public void Reset() => _sites.Clear();

    /// <summary>Adds one asset as it stands at <paramref name="now"/>. The platform itself belongs to no site of the city.</summary>
    public void Add(AssetState state, Instant now)
    {
        if (PlatformAsset.Owns(state.Kind))
        {
            return;
        }

        while (_sites.Count <= state.Site)
        {
            _sites.Add(new Sums());
        }

        var sums = _sites[state.Site];
        var oldest = now - TimeSpan.FromMilliseconds(state.ReportingIntervalMilliseconds > 0 ? (long)state.ReportingIntervalMilliseconds * IntervalsFresh : FreshMillisecondsWithoutInterval);
        sums.Reporting += state.Watermark >= oldest ? 1 : 0;
        bool isToday = state.CounterCount > 0 && _processor.Days.DayOf(state.Site, now).Start == state.DayStart;
        for (int i = 0; i < state.SlotCount; i++)
        {
            ref readonly var slot = ref state.Slots[i];
            if (slot.Measurand == _activePower)
            {
                var latest = state.LatestOf(i);
                if (latest.At >= oldest && slot.LatestQuality != Quality.Bad)
                {
                    AddPower(sums, state.Kind, latest.Value);
                }
            }
            else if (isToday && slot.Measurand == _energyImport && state.Kind == AssetKind.Meter)
            {
                sums.ImportToday += state.Counters[slot.Counter].Today;
            }
            else if (isToday && slot.Measurand == _energyProduced)
            {
                sums.ProducedToday += state.Counters[slot.Counter].Today;
            }
        }

        foreach (var alarm in state.Alarms?.Open ?? [])
        {
            sums.OpenAlarms += alarm is null ? 0 : 1;
        }
    }

    /// <summary>Merges tallies into totals, one for each site of <paramref name="assetsBySite"/>.</summary>
    public static IReadOnlyList<SiteTotals> Merge(IEnumerable<SiteTally> tallies, IEnumerable<KeyValuePair<string, int>> assetsBySite, Instant at)
    {
        var merged = new Dictionary<string, Sums>(StringComparer.Ordinal);
        foreach (var tally in tallies)
        {
            for (int site = 0; site < tally._sites.Count; site++)
            {
                string name = tally._processor.Days.NameOf(site);
                if (!merged.TryGetValue(name, out var sums))
                {
                    merged[name] = sums = new Sums();
                }

                sums.Add(tally._sites[site]);
            }
        }

        return
        [
            .. assetsBySite.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s =>
            {
                var sums = merged.GetValueOrDefault(s.Key) ?? new Sums();
                double netImport = sums.HasTransformer ? sums.Transformers : sums.Load - sums.Generation;
                return new SiteTotals(s.Key, at, sums.Load, sums.Generation, netImport, sums.ImportToday, sums.ProducedToday, s.Value, sums.Reporting, sums.OpenAlarms);
            }),
        ];
    }

    private static void AddPower(Sums sums, AssetKind kind, double watts)
    {
        switch (kind)
        {
            case AssetKind.Meter:
                sums.Load += Math.Max(0, watts);
                break;
            case AssetKind.Solar or AssetKind.Storage:
                sums.Generation += Math.Max(0, watts);
                break;
            case AssetKind.Transformer:
                sums.Transformers += watts;
                sums.HasTransformer = true;
                break;
        }
    }

    private sealed class Sums
    {
        public double Load { get; set; }

        public double Generation { get; set; }

        public double Transformers { get; set; }

        public bool HasTransformer { get; set; }

        public double ImportToday { get; set; }

        public double ProducedToday { get; set; }

        public int Reporting { get; set; }

        public int OpenAlarms { get; set; }

        public void Add(Sums other)
        {
            Load += other.Load;
            Generation += other.Generation;
            Transformers += other.Transformers;
            HasTransformer |= other.HasTransformer;
            ImportToday += other.ImportToday;
            ProducedToday += other.ProducedToday;
            Reporting += other.Reporting;
            OpenAlarms += other.OpenAlarms;
        }
    }
}
