using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Ingest.Decoding.Profiles;
using Alatau.Iot.Ingest.Decoding.Topics;

namespace Alatau.Iot.Ingest.Decoding;

/// <summary>All profiles of an installation and the measurands they know. Immutable; any thread may read it.</summary>
public sealed class ProfileCatalog
{
    private readonly TopicRoute[] _routes;

    internal ProfileCatalog(IReadOnlyList<Profile> profiles, MeasurandCatalog measurands, IEnumerable<TopicRoute> routes)
    {
        (Profiles, Measurands) = (profiles, measurands);
        _routes = [.. routes.OrderBy(r => r.Template, Comparer<TopicTemplate>.Create(TopicTemplate.Compare))];
    }

    /// <summary>In order of their names.</summary>
    public IReadOnlyList<Profile> Profiles { get; }

    /// <summary>The canonical measurands and those the profiles declare.</summary>
    public MeasurandCatalog Measurands { get; }

    /// <summary>Reads <c>profile.json</c> of every folder in <paramref name="profilesFolder"/>.</summary>
    /// <param name="profilesFolder">Usually <c>devices/profiles</c>.</param>
    /// <param name="faults">Takes every fault of every file. When it has any, the platform should refuse to start; what the catalog then holds is of no use.</param>
    public static ProfileCatalog Load(string profilesFolder, FileFaults faults) => new ProfileFolder(faults).Load(profilesFolder);

    /// <summary>Finds the profile of a topic. Meant to be asked once for a topic: the answer is to be kept with it.</summary>
    /// <param name="topic">UTF-8.</param>
    /// <param name="match">The profile and the named texts, of use as long as <paramref name="topic"/> is and when the answer is true.</param>
    /// <returns>False when no template fits. True also for topics to be ignored: <see cref="ProfileMatch.IsIgnored"/>.</returns>
    public bool TryMatch(ReadOnlySpan<byte> topic, out ProfileMatch match)
    {
        Span<int> ends = stackalloc int[TopicTemplate.MaximumLevels];
        int levels = TopicTemplate.Split(topic, ends);
        foreach (var route in _routes)
        {
            if (levels > 0 && route.Template.Matches(topic, ends[..levels]))
            {
                match = new ProfileMatch(route, topic);
                return true;
            }
        }

        match = default;
        return false;
    }
}
