using Alatau.Iot.Core.Fleets;

namespace Alatau.Iot.Web.Live;

/// <summary>The sites of all fleets by name; one that no fleet knows gets its own name and the default zone.</summary>
internal sealed class Sites(IEnumerable<Fleet> fleets)
{
    private readonly Dictionary<string, Site> _byName = fleets
        .SelectMany(f => f.Sites)
        .DistinctBy(s => s.Name, StringComparer.Ordinal)
        .ToDictionary(s => s.Name, StringComparer.Ordinal);

    public IReadOnlyCollection<Site> Known => _byName.Values;

    public Site Of(string name) => _byName.GetValueOrDefault(name)
        ?? new Site(name, name, TimeZoneInfo.FindSystemTimeZoneById(FleetReader.DefaultTimeZone), null, null);

    /// <summary>The zone of the first site; it stands for the city on the clock and the plots.</summary>
    public TimeZoneInfo CityZone => _byName.Count > 0 ? _byName.Values.First().TimeZone : TimeZoneInfo.FindSystemTimeZoneById(FleetReader.DefaultTimeZone);
}
