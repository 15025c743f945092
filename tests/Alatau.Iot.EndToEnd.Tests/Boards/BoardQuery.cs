using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Alatau.Iot.EndToEnd.Tests.Boards;

/// <summary>A query of a board, and what Grafana makes of it before it is sent.</summary>
/// <param name="Board">Path of the board below dashboards/boards.</param>
/// <param name="Title">Of the panel; for variables and annotations their name.</param>
/// <param name="RefId">Of the target.</param>
/// <param name="Text">As it stands in the file.</param>
/// <param name="Source">Uid of its data source; <c>${span}</c> where the board's variable chooses.</param>
public sealed partial record BoardQuery(string Board, string Title, string RefId, string Text, string Source)
{
    /// <summary>What a person may write above the board, by variable: as the board opens.</summary>
    public IReadOnlyDictionary<string, string> Written { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    private static string Folder => Path.Combine(AlatauProcess.Root, "dashboards", "boards");

    /// <summary>Queries of all panels.</summary>
    public static IEnumerable<BoardQuery> OfPanels() =>
        from file in Files()
        from panel in file.Json["panels"]!.AsArray()
        where panel!["targets"] is not null
        from target in panel["targets"]!.AsArray()
        select new BoardQuery(file.Name, (string)panel["title"]!, (string)target!["refId"]!, (string)target["query"]!, (string)target["datasource"]!["uid"]!) { Written = WrittenOn(file.Json) };

    public static IEnumerable<BoardQuery> OfVariables() =>
        from file in Files()
        from variable in file.Json["templating"]!["list"]!.AsArray()
        where (string?)variable!["type"] == "query"
        select new BoardQuery(file.Name, (string)variable["name"]!, "variable", (string)variable["query"]!, (string)variable["datasource"]!["uid"]!);

    public static IEnumerable<BoardQuery> OfAnnotations() =>
        from file in Files()
        from note in file.Json["annotations"]!["list"]!.AsArray()
        select new BoardQuery(file.Name, (string)note!["name"]!, (string)note["target"]!["refId"]!, (string)note["target"]!["query"]!, (string)note["datasource"]!["uid"]!);

    /// <summary>Macros and variables in place. The milliseconds are Grafana's own way to say <c>$timeFilter</c>.</summary>
    public string Sent(DateTimeOffset from, DateTimeOffset to, string site, string asset, string interval) =>
        Macro().Replace(Text, match => match.Groups["name"].Value switch
        {
            "timeFilter" => string.Create(CultureInfo.InvariantCulture, $"time >= {from.ToUnixTimeMilliseconds()}ms and time <= {to.ToUnixTimeMilliseconds()}ms"),
            "__interval" => interval,
            "site" => site,
            "asset" => asset,
            var name => Written.GetValueOrDefault(name, match.Value),
        });

    /// <summary>The database behind its data source.</summary>
    public string Database(string span) => Source == "${span}" ? "telemetry_" + span : Source.Replace("alatau-", "telemetry_", StringComparison.Ordinal);

    /// <summary>A target of one panel of one board.</summary>
    public static BoardQuery Of(string board, string title, string refId = "A") => OfPanels().Single(query => query.Board == board && query.Title == title && query.RefId == refId);

    public override string ToString() => $"{Board}: {Title} {RefId}";

    private static Dictionary<string, string> WrittenOn(JsonNode board) =>
        board["templating"]!["list"]!.AsArray().Where(variable => (string?)variable!["type"] == "textbox").ToDictionary(variable => (string)variable!["name"]!, variable => (string)variable!["query"]!, StringComparer.Ordinal);

    private static IEnumerable<(string Name, JsonNode Json)> Files() =>
        Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => (Path.GetRelativePath(Folder, file).Replace('\\', '/'), JsonNode.Parse(File.ReadAllText(file))!));

    [GeneratedRegex(@"\$(?<name>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Macro();
}
