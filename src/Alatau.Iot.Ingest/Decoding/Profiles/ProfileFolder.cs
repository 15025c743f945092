using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Ingest.Decoding.Topics;

namespace Alatau.Iot.Ingest.Decoding.Profiles;

/// <summary>Reads all profiles of a folder: first what each declares, then, with all measurands known, the messages of each.</summary>
internal sealed class ProfileFolder(FileFaults faults)
{
    /// <summary>Name of the file in each profile's folder.</summary>
    internal const string FileName = "profile.json";

    internal ProfileCatalog Load(string folder)
    {
        var readers = new List<ProfileReader>();
        if (!Directory.Exists(folder))
        {
            faults.Add(folder, "$", "This folder of profiles does not exist", "Create it or correct the path");
        }
        else
        {
            foreach (string path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
            {
                string file = Path.Combine(path, FileName);
                if (!File.Exists(file))
                {
                    faults.Add(path, "$", "The folder holds no profile.json", "Write one, or remove the folder");
                }
                else if (FileNode.Parse(file, File.ReadAllBytes(file), faults) is { } root)
                {
                    readers.Add(new ProfileReader(Path.GetFileName(path), root));
                }
            }
        }

        var measurands = Declare(readers);
        var routes = new List<(ProfileReader Reader, TopicRoute Route)>();
        foreach (var reader in readers)
        {
            routes.AddRange(reader.ReadRoutes(measurands).Select(r => (reader, r)));
        }

        ReportTwins(routes);
        return new ProfileCatalog([.. readers.Select(r => r.Profile)], measurands, routes.Select(r => r.Route));
    }

    private static MeasurandCatalog Declare(List<ProfileReader> readers)
    {
        var canonical = new MeasurandCatalog();
        var known = canonical.All.ToDictionary(m => m.Name, m => (m, Owner: "the platform"), StringComparer.Ordinal);
        var added = new List<Measurand>();
        foreach (var reader in readers)
        {
            foreach (var (node, measurand) in reader.ReadMeasurands())
            {
                if (known.TryGetValue(measurand.Name, out var first))
                {
                    if ((first.m.Unit, first.m.Kind) != (measurand.Unit, measurand.Kind) || first.Owner == "the platform")
                    {
                        node.FaultAt("name", $"'{measurand.Name}' is known already, by {first.Owner}", "Use that one, or choose another name");
                    }
                }
                else
                {
                    known[measurand.Name] = (measurand, $"profile '{reader.Name}'");
                    added.Add(measurand);
                }
            }
        }

        return new MeasurandCatalog(added);
    }

    private static void ReportTwins(List<(ProfileReader Reader, TopicRoute Route)> routes)
    {
        for (int i = 0; i < routes.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (TopicTemplate.Compare(routes[i].Route.Template, routes[j].Route.Template) == 0)
                {
                    routes[i].Reader.Root.FaultAt(
                        "messages",
                        $"Topic '{routes[i].Route.Template.Text}' matches the same topics as '{routes[j].Route.Template.Text}' of profile '{routes[j].Reader.Name}'",
                        "Give one of them a literal level or a prefix such as {device:shelly*}");
                }
            }
        }
    }
}
