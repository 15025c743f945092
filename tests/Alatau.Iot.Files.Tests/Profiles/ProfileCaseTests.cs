using Alatau.Iot.Core.Files;
using Alatau.Iot.Ingest.Decoding;

namespace Alatau.Iot.Files.Tests.Profiles;

/// <summary>Every shipped profile decodes every case beside it.</summary>
public sealed class ProfileCaseTests
{
    private static readonly Lazy<ProfileCatalog> s_catalog = new(() =>
    {
        var faults = new FileFaults();
        var catalog = ProfileCatalog.Load(Tree.Profiles, faults);
        Assert.True(!faults.Any, string.Join('\n', faults.All));
        return catalog;
    });

    public static TheoryData<string> Cases() => [.. ProfileCase.All(Tree.Profiles)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_Case_GivesWhatItExpects(string name)
    {
        string? difference = ProfileCase.Run(s_catalog.Value, Tree.Profiles, name);

        Assert.True(difference is null, $"{name}\n{difference}");
    }

    [Fact]
    public void Profiles_Shipped_HaveNormalEdgeAndBrokenCases()
    {
        var cases = ProfileCase.All(Tree.Profiles).ToList();

        Assert.All(
            s_catalog.Value.Profiles,
            p => Assert.All(["normal", "edge", "broken"], kind => Assert.Contains(cases, c => c.StartsWith($"{p.Name}/{kind}", StringComparison.Ordinal))));
    }

    [Fact]
    public void Load_FolderDroppedIn_DecodesWithoutTouchingCode()
    {
        string copy = Directory.CreateTempSubdirectory("profiles-").FullName;
        try
        {
            foreach (string file in Directory.EnumerateFiles(Tree.Profiles, "*", SearchOption.AllDirectories))
            {
                string target = Path.Combine(copy, Path.GetRelativePath(Tree.Profiles, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }

            string folder = Path.Combine(copy, "well-gauge");
            string normal = Path.Combine(folder, "cases", "normal");
            Directory.CreateDirectory(normal);
            File.WriteAllText(Path.Combine(folder, "profile.json"), """
                {
                  "displayName": "Well gauge",
                  "measurands": [{ "name": "waterDepth", "unit": "1", "kind": "gauge", "minimum": 0, "maximum": 50, "meaning": "Depth." }],
                  "messages": [{ "topics": ["wells/{device}/level"], "format": "json", "fields": [{ "path": "cm", "measurand": "waterDepth", "scale": 0.01 }] }]
                }
                """);
            File.WriteAllText(Path.Combine(normal, "topic.txt"), "wells/w1/level\n");
            File.WriteAllText(Path.Combine(normal, "payload.json"), """{"cm": 250}""");
            File.WriteAllText(Path.Combine(normal, "expected.json"), """[{ "measurand": "waterDepth", "value": 2.5, "at": "arrival" }]""");

            var faults = new FileFaults();
            var catalog = ProfileCatalog.Load(copy, faults);

            Assert.Empty(faults.All);
            Assert.Contains("well-gauge/normal", ProfileCase.All(copy));
            Assert.Null(ProfileCase.Run(catalog, copy, "well-gauge/normal"));
            File.WriteAllText(Path.Combine(normal, "expected.json"), """[{ "measurand": "waterDepth", "value": 2.6, "at": "arrival" }]""");
            Assert.Contains("waterDepth = 2.5 Good at arrival", ProfileCase.Run(catalog, copy, "well-gauge/normal"), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }
}
