using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Alatau.Iot.Files.Tests.Dashboards;

/// <summary>The boards hold what Grafana needs to show them without an import: fixed uids, the data source by uid, and words and units on every panel.</summary>
public sealed partial class BoardLintTests
{
    /// <summary>Ids of @grafana/data's unit registry (valueFormats/categories.ts), those in use.</summary>
    private static readonly HashSet<string> s_units = new(StringComparer.Ordinal)
    {
        "none", "short", "percent", "watt", "watth", "volt", "celsius", "humidity", "ppm", "Wm2", "bytes", "mps", "rowsps", "s", "percentunit", "suffix:kWh/kWp", "suffix:kWh/m²",
    };

    private static readonly HashSet<string> s_macros = new(StringComparer.Ordinal) { "timeFilter", "__interval", "tag_site", "tag_asset", "tag_node", "tag_state" };

    /// <summary>Words that 2.x or 3.x don't know.</summary>
    private static readonly string[] s_outside = ["SLIMIT", "SOFFSET", "SHOW SERIES", "SAMPLE(", "HOLT_WINTERS", " INTO ", "\".\"", "from(bucket"];

    public static TheoryData<string> Boards() => [.. Tree.Files("dashboards/boards", "*.json").Select(Tree.Relative)];

    [Fact]
    public void Boards_All_AreThereOnceWithUidsOfTheirOwn()
    {
        var uids = Tree.Files("dashboards/boards", "*.json").Select(file => Text(Read(Tree.Relative(file)), "uid")).ToList();

        Assert.Equal(["alatau-alarms", "alatau-building", "alatau-city", "alatau-feeder", "alatau-meter", "alatau-platform", "alatau-solar"], uids.Order(StringComparer.Ordinal));
        foreach (string trade in (string[])["city", "electricity", "solar", "buildings", "alarms", "platform"])
        {
            Assert.NotEmpty(Tree.Files($"dashboards/boards/{trade}", "*.json"));
        }
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Board_Panels_HaveTitleDescriptionUnitTargetAndPlace(string file)
    {
        var board = Read(file);
        var panels = Panels(board);

        Assert.NotEmpty(panels);
        Assert.Equal(panels.Count, panels.Select(panel => (int)panel["id"]!).Distinct().Count());
        Assert.Equal(panels.Count, panels.Select(panel => Text(panel, "title") + panel["type"]).Distinct(StringComparer.Ordinal).Count());
        Assert.All(panels, panel =>
        {
            string name = $"{file}: {panel["title"]}";
            Assert.True(Text(panel, "title").Length > 2, name);
            Assert.True(Text(panel, "description").Length > 15, name + " has no description");
            string unit = (string?)panel["fieldConfig"]!["defaults"]!["unit"] ?? "";
            Assert.True(s_units.Contains(unit), $"{name}: unit '{unit}' is none of Grafana's");
            Assert.NotEmpty(panel["fieldConfig"]!["defaults"]!["thresholds"]!["steps"]!.AsArray());
            var targets = panel["targets"]!.AsArray();
            Assert.NotEmpty(targets);
            Assert.Equal(targets.Count, targets.Select(target => (string?)target!["refId"]).Distinct(StringComparer.Ordinal).Count());
            Assert.All(targets, target =>
            {
                Assert.Equal(targets.Any(other => ((string?)other!["query"] ?? "").Contains("\"topology\"", StringComparison.Ordinal)) ? "alatau-1h" : SourceOf((string)target!["query"]!, (string?)panel["timeFrom"]), (string?)target!["datasource"]!["uid"]);
                Assert.Equal((string?)panel["datasource"]!["uid"], (string?)target["datasource"]!["uid"]);
            });
        });
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Board_Panels_FillTheWidthWithoutOverlap(string file)
    {
        var taken = new HashSet<(int X, int Y)>();
        foreach (var panel in Panels(Read(file)))
        {
            var (x, y, w, h) = ((int)panel["gridPos"]!["x"]!, (int)panel["gridPos"]!["y"]!, (int)panel["gridPos"]!["w"]!, (int)panel["gridPos"]!["h"]!);
            Assert.True(x + w <= 24, $"{file}: {panel["title"]} is wider than the board");
            for (int i = 0; i < w * h; i++)
            {
                Assert.True(taken.Add((x + (i % w), y + (i / w))), $"{file}: {panel["title"]} lies on another panel");
            }
        }

        int rows = taken.Max(cell => cell.Y) + 1;
        Assert.Equal(24 * rows, taken.Count);

        // 1080 lines less Grafana's head and the row of variables: 30 pixels a unit and 8 between them.
        Assert.True(rows <= 24, $"{file} is {rows} units high");
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Board_Queries_AreOfTheCommonSubsetAndBoundInTime(string file)
    {
        var board = Read(file);
        var variables = board["templating"]!["list"]!.AsArray().Select(variable => (string)variable!["name"]!).ToHashSet(StringComparer.Ordinal);
        foreach (var panel in Panels(board))
        {
            foreach (string query in panel["targets"]!.AsArray().Select(target => (string)target!["query"]!))
            {
                string name = $"{file}: {panel["title"]}: {query}";
                Assert.True(query.Contains("$timeFilter", StringComparison.Ordinal), name);
                Assert.DoesNotContain(s_outside, word => query.Contains(word, StringComparison.OrdinalIgnoreCase));
                Assert.DoesNotContain("FROM \"reading\"", query, StringComparison.Ordinal);
                Assert.All(Variable().Matches(query), match => Assert.True(s_macros.Contains(match.Groups["name"].Value) || variables.Contains(match.Groups["name"].Value), $"{name}: ${match.Groups["name"].Value} is no variable of the board"));
                Assert.Equal(query.Count(c => c == '('), query.Count(c => c == ')'));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Board_Links_LeadToBoardsThatExistAndToTheConsole(string file)
    {
        var board = Read(file);
        string[] uids = [.. Tree.Files("dashboards/boards", "*.json").Select(other => Text(Read(Tree.Relative(other)), "uid"))];
        string[] urls = [.. board["links"]!.AsArray().Select(link => (string)link!["url"]!)];

        Assert.Equal(uids.Where(uid => uid != Text(board, "uid")).Order(StringComparer.Ordinal), urls.Where(url => url.StartsWith("/d/", StringComparison.Ordinal) && !url.Contains('?', StringComparison.Ordinal)).Select(url => url[3..]).Order(StringComparer.Ordinal));
        Assert.Single(urls, url => url.StartsWith("${console}", StringComparison.Ordinal));
        Assert.DoesNotContain("${DS_", board.ToJsonString(), StringComparison.Ordinal);
        Assert.False(board.AsObject().ContainsKey("id"), "an id belongs to one Grafana only");
        Assert.All(board["annotations"]!["list"]!.AsArray(), note => Assert.Equal("alatau-alarms", (string?)note!["datasource"]!["uid"]));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Board_SpanLinks_OfferTimesWithWindowsThatFitThemAndKeepTheOtherVariables(string file)
    {
        var board = Read(file);
        string[] variables = [.. board["templating"]!["list"]!.AsArray().Select(variable => (string)variable!["name"]!)];
        string[] urls = [.. board["links"]!.AsArray().Select(link => (string)link!["url"]!).Where(url => url.Contains('?', StringComparison.Ordinal))];
        string rest = string.Concat(variables.Where(name => name is "site" or "asset").Select(name => $"&${{{name}:queryparam}}"));

        string[] expected = variables.Contains("span", StringComparer.Ordinal)
            ? [.. ((string[])["now-24h&to=now&var-span=alatau-15m", "now-30d&to=now&var-span=alatau-1h", "now-1y&to=now&var-span=alatau-1d"]).Select(time => $"/d/{Text(board, "uid")}?from={time}{rest}")]
            : [];
        Assert.Equal(expected, urls);
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Board_Variables_ReadDataSourcesThatAreProvisioned(string file)
    {
        var sources = YamlFile.Read("dashboards/provisioning/datasources/influx.yaml")["datasources"]!.AsArray();
        foreach (var variable in Read(file)["templating"]!["list"]!.AsArray())
        {
            if ((string?)variable!["type"] == "query")
            {
                Assert.Contains(sources, source => (string?)source!["uid"] == (string?)variable["datasource"]!["uid"]);
            }

            if ((string?)variable["name"] == "span")
            {
                Assert.Equal(("datasource", "influxdb", "/^Windows /"), ((string?)variable["type"], (string?)variable["query"], (string?)variable["regex"]));
                var chosen = sources.Single(source => (string?)source!["uid"] == (string?)variable["current"]!["value"])!;
                Assert.Equal((string?)chosen["name"], (string?)variable["current"]!["text"]);
            }
        }
    }

    /// <summary>Windows by the variable, unless the panel has a time of its own, of which days or hours would show nothing; alarms and the platform's account where they lie.</summary>
    private static string SourceOf(string query, string? timeFrom) => From().Match(query).Groups["measurement"].Value switch
    {
        "window" or "site" => timeFrom switch { null => "${span}", "7d" => "alatau-1h", _ => "alatau-15m" },
        "alarm" => "alatau-alarms",
        _ => "alatau-1m",
    };

    internal static JsonNode Read(string relative) => JsonNode.Parse(File.ReadAllText(Path.Combine(Tree.Root, relative)))!;

    private static List<JsonNode> Panels(JsonNode board) => [.. board["panels"]!.AsArray().Where(panel => (string?)panel!["type"] != "row").Select(panel => panel!)];

    private static string Text(JsonNode node, string member) => (string?)node[member] ?? "";

    [GeneratedRegex("FROM \"(?<measurement>\\w+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex From();

    [GeneratedRegex(@"\$\{?(?<name>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
