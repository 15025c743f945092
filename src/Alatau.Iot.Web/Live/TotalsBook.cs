using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Live;

/// <summary>Load, generation and exchange of the city and its sites over the last hour and the last day. One thread writes, any reads.</summary>
internal sealed class TotalsBook
{
    /// <summary>Key of the sum over all sites.</summary>
    public const string City = "";

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<SiteTotals> _latest = [];

    public IReadOnlyList<SiteTotals> Latest => _latest;

    public void Add(Instant at, IReadOnlyList<SiteTotals> sites)
    {
        _latest = sites;
        // A site of which nothing was heard yet has no load; a zero would be drawn as a collapse.
        foreach (var site in sites.Where(s => s.Reporting > 0))
        {
            Set(site.Site, at, site.LoadWatts, site.GenerationWatts);
        }

        if (sites.Any(s => s.Reporting > 0))
        {
            Set(City, at, sites.Sum(s => s.LoadWatts), sites.Sum(s => s.GenerationWatts));
        }
    }

    /// <summary>A mean of a quarter of an hour out of history; it stands in the middle of its window.</summary>
    public void Fill(Instant start, double loadWatts, double generationWatts)
    {
        var entry = _entries.GetOrAdd(City, static _ => new Entry());
        var middle = start + TimeSpan.FromMinutes(7);
        entry.DayLoad.Set(middle, loadWatts);
        entry.DayGeneration.Set(middle, generationWatts);
    }

    /// <summary>Load of a site over the last hour, slots of 20 s.</summary>
    public float[] HourLoad(string site, Instant now) => Ring(site).HourLoad.Read(now);

    public Rings Ring(string site)
    {
        var entry = _entries.GetOrAdd(site, static _ => new Entry());
        return new Rings(entry.HourLoad, entry.HourGeneration, entry.DayLoad, entry.DayGeneration);
    }

    private void Set(string site, Instant at, double load, double generation)
    {
        var entry = _entries.GetOrAdd(site, static _ => new Entry());
        entry.HourLoad.Set(at, load);
        entry.HourGeneration.Set(at, generation);
        entry.DayLoad.Set(at, load);
        entry.DayGeneration.Set(at, generation);
    }

    /// <summary>The hour in slots of 20 s and the day in slots of a minute.</summary>
    internal readonly record struct Rings(SlotRing HourLoad, SlotRing HourGeneration, SlotRing DayLoad, SlotRing DayGeneration);

    private sealed class Entry
    {
        public SlotRing HourLoad { get; } = new(TrendBook.SlotLength, TrendBook.Slots);

        public SlotRing HourGeneration { get; } = new(TrendBook.SlotLength, TrendBook.Slots);

        public SlotRing DayLoad { get; } = new(TimeSpan.FromMinutes(1), 1440);

        public SlotRing DayGeneration { get; } = new(TimeSpan.FromMinutes(1), 1440);
    }
}
