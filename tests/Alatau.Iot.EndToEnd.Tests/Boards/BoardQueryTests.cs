using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alatau.Iot.Testing;

namespace Alatau.Iot.EndToEnd.Tests.Boards;

/// <summary>Every query of every board, sent as Grafana sends it to a real InfluxDB that the platform itself filled: each must answer with a number, and sums must be the truth.</summary>
public sealed class BoardQueryTests(FilledDatabase filled) : IClassFixture<FilledDatabase>
{
    // Registers are written with one decimal.
    private const double WattHours = 0.2;

    public static TheoryData<string, string, string> Panels() => Data(BoardQuery.OfPanels());

    public static TheoryData<string, string, string> PanelsOfWindows() => Data(BoardQuery.OfPanels().Where(query => query.Source == "${span}"));

    public static TheoryData<string, string, string> Variables() => Data(BoardQuery.OfVariables());

    public static TheoryData<string, string, string> Annotations() => Data(BoardQuery.OfAnnotations());

    [Theory]
    [MemberData(nameof(Panels))]
    public async Task Panel_OnSimulatedData_ShowsANumber(string board, string title, string refId)
    {
        // Seconds on the platform's boards: the run is short. Quarter hours elsewhere, as the boards open.
        var rows = await AskAsync(BoardQuery.OfPanels().First(query => query.Board == board && query.Title == title && query.RefId == refId), "15m", board.StartsWith("platform/", StringComparison.Ordinal) ? "2s" : "15m");

        Assert.Contains(rows, row => row.Any(cell => cell.Key != "time" && cell.Value.ValueKind == JsonValueKind.Number));
    }

    [Theory]
    [MemberData(nameof(PanelsOfWindows))]
    public async Task Panel_OnLocalDays_ShowsANumber(string board, string title, string refId)
    {
        var rows = await AskAsync(BoardQuery.OfPanels().First(query => query.Board == board && query.Title == title && query.RefId == refId && query.Source == "${span}"), "1d", "1d");

        Assert.Contains(rows, row => row.Any(cell => cell.Key != "time" && cell.Value.ValueKind == JsonValueKind.Number));
    }

    [Fact]
    public async Task Day_OfASilentDevice_IsCountedAsSilent()
    {
        var rows = await filled.Database.QueryAsync("telemetry_alarms", "SELECT \"title\" FROM \"alarm\" WHERE \"rule\" = 'device-silent' AND \"toState\" = 'unacknowledged' AND \"asset\" = 'went-silent'");

        Assert.Single(rows);
    }

    [Theory]
    [MemberData(nameof(Variables))]
    public async Task Variable_OnSimulatedData_OffersValues(string board, string name, string refId)
    {
        var rows = await AskAsync(BoardQuery.OfVariables().Single(query => query.Board == board && query.Title == name && query.RefId == refId), "15m", "15m");

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Equal(name, row["key"].GetString()));
    }

    [Theory]
    [MemberData(nameof(Annotations))]
    public async Task Annotation_OnSimulatedData_NamesTheAlarm(string board, string name, string refId)
    {
        var query = BoardQuery.OfAnnotations().Single(each => each.Board == board && each.Title == name && each.RefId == refId);
        var rows = await filled.Database.QueryAsync(query.Database("15m"), query.Sent(filled.From, filled.To, ".*", ".*", "15m"));

        Assert.Contains(rows, row => row["title"].GetString() == "Voltage below -10 %");
    }

    [Theory]
    [InlineData("1m")]
    [InlineData("15m")]
    [InlineData("1h")]
    [InlineData("1d")]
    public async Task Energy_OfTheCity_IsWhatTheMetersPublished(string span)
    {
        var meters = filled.Truth.Where(t => t.Key.Asset.Contains("/m-", StringComparison.Ordinal) && t.Key.Measurand == "energyImport").ToList();
        Assert.Equal(91, meters.Count);
        double truth = meters.Sum(t => t.Value.Last - t.Value.First);
        double shown = await SumAsync("city/city.json", "Energy", span);

        if (span == "1m")
        {
            Assert.InRange(shown, truth - (WattHours * meters.Count), truth + (WattHours * meters.Count));
        }
        else
        {
            // The longer windows that now lies in are still open.
            Assert.InRange(shown, truth * 0.9, truth + (WattHours * meters.Count));
        }
    }

    [Fact]
    public async Task Energy_OfThePlants_IsWhatTheyPublished()
    {
        var plants = filled.Truth.Where(t => t.Key.Measurand == "energyProduced").ToList();
        double truth = plants.Sum(t => t.Value.Last - t.Value.First);

        Assert.True(truth > 100_000, $"only {truth} Wh");
        Assert.Equal(truth, await SumAsync("solar/solar.json", "Produced", "1m"), WattHours * plants.Count);
    }

    [Fact]
    public async Task Energy_OfOneMeter_IsWhatItPublished()
    {
        var (first, last) = filled.Truth[("gate/m-mall", "energyImport")];

        Assert.Equal(last - first, await SumAsync("electricity/meter.json", "Imported", "1m", "gate", "m-mall"), WattHours);
    }

    [Fact]
    public async Task EnergyPerArea_OfEveryBuilding_IsWhatItsMetersPublishedOverItsFloor()
    {
        var fleet = Fleet();
        var truth = fleet["places"]!.AsArray().Where(place => place!["floorSquareMetres"] is not null).ToDictionary(
            place => (string)place!["id"]!,
            place => (Energy: MetersIn(fleet, (string)place!["id"]!).Sum(meter => filled.Truth[(meter, "energyImport")].Last - filled.Truth[(meter, "energyImport")].First), Area: (double)place!["floorSquareMetres"]!),
            StringComparer.Ordinal);
        Assert.Equal(11, truth.Count);
        var query = BoardQuery.Of("buildings/building.json", "Energy per area by building");

        // Minutes, of which none is open any more; the board itself reads hours.
        IReadOnlyList<IReadOnlyDictionary<string, JsonElement>> rows = [];
        await Eventually.TrueAsync(async () =>
        {
            rows = await filled.Database.QueryAsync("telemetry_1m", query.Sent(filled.From, filled.To, ".*", ".*", "1m"));
            return rows.Count == truth.Count && rows.All(row => Math.Abs((row["sum"].GetDouble() * 1000 * truth[row["node"].GetString()!].Area) - truth[row["node"].GetString()!].Energy) < WattHours);
        });
        double mean = rows.Average(row => row["sum"].GetDouble());
        Assert.True(mean > 0.02, $"only {mean} kWh/m²");
        var stat = await filled.Database.QueryAsync("telemetry_1m", BoardQuery.Of("buildings/building.json", "Energy per area").Sent(filled.From, filled.To, ".*", ".*", "1m"));
        Assert.Equal(mean, stat[0]["mean"].GetDouble(), 1e-9);
    }

    [Fact]
    public async Task Comfort_OfTheRooms_IsTheShareOfWindowsBetweenTheWrittenLimitsAlsoWhenThatIsNone()
    {
        var temperatures = await filled.Database.QueryAsync("telemetry_15m", "SELECT \"mean\" FROM \"window\" WHERE \"kind\" = 'building' AND \"measurand\" = 'ambientTemperature'");
        double middle = temperatures.Select(row => row["mean"].GetDouble()).Order().ElementAt(temperatures.Count / 2);
        var query = BoardQuery.Of("buildings/building.json", "Time in comfort");

        Assert.Equal(["20", "24"], [query.Written["comfortFrom"], query.Written["comfortTo"]]);
        foreach (var (low, high) in ((double, double)[])[(20, 24), (middle, 60), (-50, 100), (99, 100)])
        {
            var written = new Dictionary<string, string>(StringComparer.Ordinal) { ["comfortFrom"] = low.ToString("R", CultureInfo.InvariantCulture), ["comfortTo"] = high.ToString("R", CultureInfo.InvariantCulture) };
            var rows = await filled.Database.QueryAsync("telemetry_15m", (query with { Written = written }).Sent(filled.From, filled.To, ".*", ".*", "15m"));
            double share = 100.0 * temperatures.Count(row => row["mean"].GetDouble() >= low && row["mean"].GetDouble() <= high) / temperatures.Count;
            Assert.Equal(share, Assert.Single(rows).Single(cell => cell.Key != "time").Value.GetDouble(), 0.5);
        }
    }

    [Fact]
    public async Task Map_OfTheCity_ShowsEveryAssetOfTheFleetWhereTheFileSays()
    {
        var assets = Fleet()["assets"]!.AsArray().ToDictionary(asset => (string)asset!["id"]!, asset => ((double)asset!["latitude"]!, (double)asset["longitude"]!), StringComparer.Ordinal);
        var rows = await AskAsync(BoardQuery.Of("city/city.json", "Map of assets", "assets"), "1m", "1m");
        var shown = rows.Where(row => row["latitude"].ValueKind == JsonValueKind.Number).ToDictionary(row => $"{row["site"].GetString()}/{row["asset"].GetString()}", StringComparer.Ordinal);

        Assert.Equal(assets.Keys.Order(StringComparer.Ordinal), shown.Keys.Order(StringComparer.Ordinal));
        Assert.All(shown, each => Assert.Equal(assets[each.Key], (each.Value["latitude"].GetDouble(), each.Value["longitude"].GetDouble())));
        Assert.All(shown, each => Assert.True(each.Value["alarms"].GetDouble() >= 0 && each.Value["age"].GetDouble() > -60, each.Key));
    }

    [Fact]
    public async Task Account_OfThePlatform_IsTheLedgers()
    {
        var ledger = await filled.Platform.GetAsync("api/v1/ledger");

        foreach (string name in (string[])["received", "stored", "duplicate", "quarantined", "waiting", "unaccounted"])
        {
            var rows = await AskAsync(BoardQuery.OfPanels().First(query => query.Board == "platform/platform.json" && string.Equals(query.Title, name, StringComparison.OrdinalIgnoreCase)), "1m", "1s");
            Assert.Equal(ledger.GetProperty(name).GetInt64(), rows[0]["sum"].GetDouble());
        }
    }

    private static TheoryData<string, string, string> Data(IEnumerable<BoardQuery> queries)
    {
        var data = new TheoryData<string, string, string>();
        foreach (var query in queries)
        {
            data.Add(query.Board, query.Title, query.RefId);
        }

        return data;
    }

    private static JsonNode Fleet() => JsonNode.Parse(File.ReadAllText(Path.Combine(AlatauProcess.Root, "devices", "fleets", "alatau.json")))!;

    /// <summary>Meters in a place, or in what lies in it.</summary>
    private static IEnumerable<string> MetersIn(JsonNode fleet, string place) =>
        fleet["assets"]!.AsArray().Where(asset => (string?)asset!["kind"] == "meter" && asset["locatedIn"] is JsonValue around && (string)around! == place).Select(asset => (string)asset!["id"]!)
            .Concat(fleet["places"]!.AsArray().Where(inner => inner!["locatedIn"] is JsonValue around && (string)around! == place).SelectMany(inner => MetersIn(fleet, (string)inner!["id"]!)));

    private async Task<double> SumAsync(string board, string title, string span, string site = ".*", string asset = ".*")
    {
        var query = BoardQuery.Of(board, title);
        var rows = await filled.Database.QueryAsync(query.Database(span), query.Sent(From(span), filled.To, site, asset, span));
        return rows.Where(row => row["sum"].ValueKind == JsonValueKind.Number).Sum(row => row["sum"].GetDouble());
    }

    /// <summary>A day is stamped by its local midnight, before the first reading.</summary>
    private DateTimeOffset From(string span) => span == "1d" ? filled.From.AddDays(-1) : filled.From;

    private Task<IReadOnlyList<IReadOnlyDictionary<string, JsonElement>>> AskAsync(BoardQuery query, string span, string interval)
    {
        // Boards of one asset stand on one; those of many on All.
        var (site, asset) = query.Board switch
        {
            "electricity/feeder.json" => ("gate", "feeder-1a"),
            "electricity/meter.json" => ("gate", "m-home-03"),
            _ => (".*", ".*"),
        };
        return filled.Database.QueryAsync(query.Database(span), query.Sent(From(span), filled.To, site, asset, interval));
    }
}
