using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Processing;

/// <summary>The local day of each site, for energy since midnight. Owned by one processor, grows with the sites it meets.</summary>
internal sealed class SiteDays
{
    private readonly Dictionary<string, TimeZoneInfo> _zones;
    private readonly TimeZoneInfo _default;
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly List<Entry> _entries = [];

    public SiteDays(IEnumerable<Site> sites)
    {
        _zones = sites.GroupBy(s => s.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().TimeZone, StringComparer.Ordinal);
        _default = TimeZoneInfo.TryFindSystemTimeZoneById(FleetReader.DefaultTimeZone, out var zone) ? zone : TimeZoneInfo.Utc;
    }

    /// <summary>Sites met so far.</summary>
    public int Count => _entries.Count;

    public string NameOf(int site) => _entries[site].Name;

    public TimeZoneInfo ZoneOf(int site) => _entries[site].Zone;

    /// <summary>The index of a site; one the fleet doesn't know gets the default zone.</summary>
    public int IndexOf(string site)
    {
        if (!_indexes.TryGetValue(site, out int index))
        {
            index = _entries.Count;
            _indexes[site] = index;
            _entries.Add(new Entry(site, _zones.GetValueOrDefault(site, _default)));
        }

        return index;
    }

    /// <summary>The local day that holds <paramref name="instant"/>; the one asked for last is remembered.</summary>
    public LocalDay DayOf(int site, Instant instant)
    {
        var entry = _entries[site];
        if (!entry.Day.Holds(instant))
        {
            entry.Day = LocalDay.Holding(instant, entry.Zone);
        }

        return entry.Day;
    }

    private sealed class Entry(string name, TimeZoneInfo zone)
    {
        public string Name { get; } = name;

        public TimeZoneInfo Zone { get; } = zone;

        public LocalDay Day { get; set; }
    }
}
