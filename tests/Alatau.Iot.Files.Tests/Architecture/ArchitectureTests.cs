using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Alatau.Iot.Files.Tests.Architecture;

/// <summary>The house stands as its plan says: arrows between rooms, packages in their rooms, files in their places.</summary>
public sealed partial class ArchitectureTests
{
    private const int LongestFile = 400;

    /// <summary>Each package and the one room that may use it.</summary>
    private static readonly Dictionary<string, string[]> s_packages = new(StringComparer.Ordinal)
    {
        ["System.Reactive"] = ["Alatau.Iot.Notifications"],
        ["MailKit"] = ["Alatau.Iot.Notifications"],
        ["SQLitePCLRaw.bundle_e_sqlite3"] = ["Alatau.Iot.Storage"],
        ["Microsoft.AspNetCore.OpenApi"] = ["Alatau.Iot.Web"],
        ["System.CommandLine"] = ["Alatau.Iot.Host"],
        ["OpenTelemetry"] = ["Alatau.Iot.Host"],
        ["OpenTelemetry.Exporter.OpenTelemetryProtocol"] = ["Alatau.Iot.Host"],
        ["Spectre.Console"] = ["Alatau.Iot.Host"],
        ["FsCheck"] = ["Alatau.Iot.Testing"],
        ["FSharp.Core"] = ["Alatau.Iot.Testing"],
        ["xunit.v3.extensibility.core"] = ["Alatau.Iot.Testing"],
        ["xunit.v3.assert"] = ["Alatau.Iot.Testing"],
        ["Microsoft.Playwright"] = ["Alatau.Iot.EndToEnd.Tests", "Alatau.Iot.Web.Tests"],
        // An oracle for what we write, not a way to write it: its background writer loses what it can't send.
        ["InfluxDB.Client"] = ["Alatau.Iot.Storage.Tests"],
        ["NodaTime"] = ["Alatau.Iot.Storage.Tests"],
        ["YamlDotNet"] = ["Alatau.Iot.Files.Tests"],
        ["Microsoft.AspNetCore.Mvc.Testing"] = ["Alatau.Iot.Web.Tests"],
    };

    /// <summary>What projects under tests reference besides the room of their name.</summary>
    private static readonly Dictionary<string, string[]> s_tests = new(StringComparer.Ordinal)
    {
        ["Alatau.Iot.Testing"] = ["Alatau.Iot.Core", "Alatau.Iot.Mqtt"],
        ["Alatau.Iot.Files.Tests"] = ["Alatau.Iot.Core", "Alatau.Iot.Ingest", "Alatau.Iot.Notifications", "Alatau.Iot.Simulator"],
        ["Alatau.Iot.EndToEnd.Tests"] = ["Alatau.Iot.Host"],
        ["Alatau.Iot.Benchmarks"] = ["Alatau.Iot.Host"],
    };

    private static readonly string[] s_root = ["Alatau.Iot.sln", "README.md", "dashboards", "devices", "docker-compose.yml", "src", "tests"];

    [Fact]
    public void Rooms_ReferenceOnlyThoseTheyMayKnow()
    {
        var allowed = Rooms();
        Assert.True(allowed.Count >= 9, "src/README.md has lost its table of rooms");

        Assert.All(Projects("src"), project =>
        {
            Assert.True(allowed.ContainsKey(project.Name), $"{project.Name} is not in the table of src/README.md");
            Assert.All(project.References, reference => Assert.True(allowed[project.Name].Contains(reference), $"{project.Name} may not know {reference}"));
        });
    }

    [Fact]
    public void Rooms_NobodyKnowsTheHost() =>
        Assert.All(
            Projects("src").Concat(Projects("tests")).Where(p => p.References.Contains("Alatau.Iot.Host")),
            p => Assert.Contains(p.Name, new[] { "Alatau.Iot.Host.Tests", "Alatau.Iot.EndToEnd.Tests", "Alatau.Iot.Benchmarks" }));

    [Fact]
    public void Tests_ReferenceTheRoomOfTheirName() =>
        Assert.All(Projects("tests"), project =>
        {
            string[] allowed = [.. s_tests.GetValueOrDefault(project.Name, [project.Name.Replace(".Tests", "", StringComparison.Ordinal)]), "Alatau.Iot.Testing"];
            Assert.All(project.References, reference => Assert.True(allowed.Contains(reference), $"{project.Name} may not know {reference}"));
        });

    [Fact]
    public void Packages_StandOnlyInTheirRooms() =>
        Assert.All(Projects("src").Concat(Projects("tests")), project => Assert.All(project.Packages, package =>
        {
            Assert.True(s_packages.TryGetValue(package, out string[]? rooms), $"{project.Name} uses {package}, which no room may");
            Assert.True(rooms.Contains(project.Name), $"{package} belongs into {string.Join(", ", rooms)}, not into {project.Name}");
        }));

    [Fact]
    public void Projects_NameNoVersion() =>
        Assert.All(
            Tree.Files("src", "*.csproj").Concat(Tree.Files("tests", "*.csproj")),
            file => Assert.DoesNotContain(XDocument.Load(file).Descendants("PackageReference"), p => p.Attribute("Version") is not null || p.Attribute("VersionOverride") is not null));

    [Fact]
    public void Root_HoldsOnlyWhatThePlanLists()
    {
        var ignored = File.ReadAllLines(Path.Combine(Tree.Root, ".gitignore")).Select(l => l.Trim().Trim('/')).ToHashSet(StringComparer.Ordinal);

        Assert.All(
            Directory.EnumerateFileSystemEntries(Tree.Root).Select(e => Path.GetFileName(e)!).Where(n => !n.StartsWith('.') && !ignored.Contains(n)),
            name => Assert.Contains(name, s_root));
    }

    [Fact]
    public void Sources_AreShort_OrSayWhyNot() =>
        Assert.All(Sources(), file =>
        {
            string[] lines = File.ReadAllLines(file);
            Assert.True(lines.Length <= LongestFile || lines[0].StartsWith("// Longer than 400 lines", StringComparison.Ordinal), $"{Tree.Relative(file)} has {lines.Length} lines: split it by concept, or begin it with '// Longer than 400 lines: <reason>'");
        });

    [Fact]
    public void Sources_HaveTheNamespaceOfTheirFolder() =>
        Assert.All(Sources(), file =>
        {
            var match = Namespace().Match(File.ReadAllText(file));
            if (!match.Success)
            {
                Assert.Contains(Path.GetFileName(file), new[] { "Program.cs", "AssemblyInfo.cs", "GlobalUsings.cs" });
                return;
            }

            // src/<Project>/<Folder>/File.cs
            Assert.Equal(string.Join('.', Tree.Relative(file).Split('/')[1..^1]), match.Groups["name"].Value);
        });

    [Fact]
    public void Sources_HoldNothingUnfinished()
    {
        string[] forbidden = ["NotImplemented" + "Exception", "#" + "region", "// TO" + "DO", "// FIX" + "ME", "// HA" + "CK"];

        Assert.All(Sources(), file =>
        {
            string text = File.ReadAllText(file);
            Assert.All(forbidden, word => Assert.False(text.Contains(word, StringComparison.Ordinal), $"{Tree.Relative(file)} holds {word}"));
        });
    }

    [Fact]
    public void Solution_ListsEveryProject()
    {
        string solution = File.ReadAllText(Path.Combine(Tree.Root, "Alatau.Iot.sln")).Replace('\\', '/');

        Assert.All(Projects("src").Concat(Projects("tests")), p => Assert.Contains($"{p.Name}/{p.Name}.csproj", solution, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Sources() => Tree.Files("src", "*.cs").Concat(Tree.Files("tests", "*.cs"));

    private static IEnumerable<(string Name, string[] References, string[] Packages)> Projects(string folder) =>
        Tree.Files(folder, "*.csproj").Select(file =>
        {
            var project = XDocument.Load(file);
            return (
                Path.GetFileNameWithoutExtension(file),
                project.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/'))).ToArray(),
                project.Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value).ToArray());
        });

    /// <summary>The table of src/README.md: room, and the rooms it may know.</summary>
    private static Dictionary<string, string[]> Rooms()
    {
        var rooms = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(Path.Combine(Tree.Root, "src", "README.md")))
        {
            var row = Row().Match(line);
            if (row.Success)
            {
                string known = row.Groups["knows"].Value.Trim();
                rooms[row.Groups["room"].Value] = known switch
                {
                    "nobody" => [],
                    "all above" => [.. rooms.Keys],
                    _ => [.. known.Split(", ").Select(k => $"Alatau.Iot.{k}")],
                };
            }
        }

        return rooms;
    }

    [GeneratedRegex(@"^\| `(?<room>Alatau\.Iot\.\w+)` \|.*\|(?<knows>[^|]+)\|\s*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Namespace();
}
