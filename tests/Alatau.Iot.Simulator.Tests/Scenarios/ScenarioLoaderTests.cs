using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Simulator.Faults;
using Alatau.Iot.Simulator.Physics.Weather;
using Alatau.Iot.Simulator.Scenarios;
using Alatau.Iot.Simulator.Tests.Playing;

namespace Alatau.Iot.Simulator.Tests.Scenarios;

public sealed class ScenarioLoaderTests
{
    public static TheoryData<string> Shipped() => [.. Directory.GetFiles(Path.Combine(ShippedFiles.Devices, "scenarios"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)!)];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Load_ShippedScenario_HasNoFault(string name)
    {
        var faults = new FileFaults();
        var scenario = ScenarioLoader.Load(ShippedFiles.Scenario(name), faults, new ScenarioLoadOptions { OpenRecordings = false });
        Assert.Empty(faults.All);
        Assert.Equal(name, scenario!.Name);
    }

    [Fact]
    public void Load_Demo_SaysWhatTheFileSays()
    {
        var scenario = ScenarioLoader.Load(ShippedFiles.Scenario("demo"), new FileFaults())!;
        Assert.Equal(ScenarioStart.Today, scenario.Start);
        Assert.Equal(TimeSpan.FromSeconds(5), scenario.Intervals[AssetKind.Meter]);
        Assert.Equal(TimeSpan.FromMinutes(5), scenario.CatchUpStep);
        Assert.Equal(SkyCondition.Natural, scenario.Sky);
        Assert.InRange(scenario.Fleet!.Assets.Count, 120, 160);
        Assert.Equal(["gate", "golden", "growing", "green"], scenario.Fleet.Sites.Select(site => site.Name));
        Assert.All(scenario.Faults, fault => Assert.True(fault.CountsFromLive));
    }

    [Fact]
    public void Load_ManyFaults_ReportsAllAtOnceWithTheirPlaces()
    {
        using var files = new TemporaryScenario("""
            { "fleet": "small", "start": "yesterday", "speed": "fast", "qos": 2, "colour": "red",
              "weather": { "sky": "green" },
              "reportingIntervals": { "meter": "5 seconds", "valve": "1s" },
              "faults": [ { "kind": "explode", "assets": ["s/m1"] }, { "kind": "silent", "assets": ["s/nobody"], "for": "0s" }, { "kind": "scaled", "assets": ["s/m1"] } ] }
            """);
        var faults = files.Faults();
        Assert.Equal(
            ["$.colour", "$.faults[0].kind", "$.faults[1].assets[0]", "$.faults[1].for", "$.faults[2].factor", "$.faults[2].measurand",
                "$.qos", "$.reportingIntervals.meter", "$.reportingIntervals.valve", "$.speed", "$.start", "$.weather.sky"],
            faults.Select(fault => fault.Path).Distinct().Order(StringComparer.Ordinal));
        Assert.All(faults, fault => Assert.False(string.IsNullOrWhiteSpace(fault.Cure)));
    }

    [Fact]
    public void Load_FaultyAttributeOfTheFleet_NamesTheFleetsFile()
    {
        using var files = new TemporaryScenario("""{ "fleet": "small", "start": "now" }""",
            TemporaryScenario.SmallFleet.Replace("\"phases\": 1", "\"phases\": 7", StringComparison.Ordinal));
        var fault = Assert.Single(files.Faults());
        Assert.EndsWith("small.json", fault.File, StringComparison.Ordinal);
        Assert.Equal("$.assets[2].attributes.phases", fault.Path);
    }

    [Fact]
    public void Load_FleetThatCannotBeRead_DoesNotBlameTheFaultsForItsAssets()
    {
        using var files = new TemporaryScenario("""{ "fleet": "small", "start": "now", "faults": [ { "kind": "silent", "assets": ["s/m1"] }, { "kind": "quiet", "below": "s/f1" } ] }""",
            TemporaryScenario.SmallFleet.Replace("\"kind\": \"feeder\"", "\"kind\": \"feeder!\"", StringComparison.Ordinal));
        Assert.Equal(["$.assets[1].kind", "$.faults[1].kind"], files.Faults().Select(fault => fault.Path));
    }

    [Fact]
    public void Load_ProfileNobodySpeaks_IsAFault()
    {
        using var files = new TemporaryScenario("""{ "fleet": "small", "start": "now" }""",
            TemporaryScenario.SmallFleet.Replace("\"kind\": \"feeder\"", "\"kind\": \"feeder\", \"device\": { \"profile\": \"telex\", \"id\": \"x\" }", StringComparison.Ordinal));
        Assert.Contains("telex", Assert.Single(files.Faults()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoSuchFileOrFleet_IsAFault()
    {
        using var files = new TemporaryScenario("""{ "fleet": "atlantis", "start": "now" }""");
        Assert.Equal("$.fleet", Assert.Single(files.Faults()).Path);
        var faults = new FileFaults();
        Assert.Null(ScenarioLoader.Load("/nowhere/at-all.json", faults));
        Assert.Single(faults.All);
    }

    [Fact]
    public void Load_Recording_IntegratesByTheRectangleRuleAndConvertsUnits()
    {
        using var files = new TemporaryScenario(Recorded, csv: "time,kw,temp\n2026-01-01 00:00,2,10\n2026-01-01 00:15,4,\n2026-01-01 00:30,-1,12\n");
        var recording = Assert.Single(files.Load().Recordings);
        Assert.Equal(3, recording.RowCount);
        Assert.Equal("2025-12-31T19:00:00.000Z", recording.Times[0].ToString());

        // Rows of activePower, energyProduced, ambientTemperature.
        Assert.Equal([2000, 500, 10, 4000, 1500, double.NaN, -1000, 1250, 12], recording.Values);
    }

    [Fact]
    public void Load_BrokenCsv_NamesTheLines()
    {
        using var files = new TemporaryScenario(Recorded, csv: "time,kw,temp\n2026-01-01 00:00,two,10\nyesterday,4,1\n2026-01-01 00:30,1,12\n2026-01-01 00:15,1,12\n");
        var problems = files.Faults().Select(fault => fault.Problem).ToList();
        Assert.Contains(problems, problem => problem.Contains("line 2", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("line 3", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("line 5", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_UnitThatDoesNotFit_IsAFault()
    {
        using var files = new TemporaryScenario(Recorded.Replace("\"kW\" }", "\"degC\" }", StringComparison.Ordinal), csv: "time,kw,temp\n");
        Assert.Contains(files.Faults(), fault => fault.Path == "$.recordings[0].columns[0].unit");
    }

    [Fact]
    public void Load_FaultBelowAFeeder_StrikesAllOfItsMembers()
    {
        using var files = new TemporaryScenario("""{ "fleet": "small", "start": "now", "faults": [ { "kind": "silent", "below": "s/f", "for": "5m" } ] }""");
        var fault = Assert.Single(files.Load().Faults);
        Assert.Equal(FaultKind.Silent, fault.Kind);
        Assert.Equal(["s/f", "s/m1", "s/m2", "s/pv"], fault.Assets.Select(id => id.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("60", 60.0)]
    [InlineData("0.001", 0.001)]
    [InlineData("\"max\"", double.PositiveInfinity)]
    [InlineData(null, null)]
    public void Load_SpeedOfARecording_IsItsOwn(string? written, double? speed)
    {
        using var files = new TemporaryScenario(WithSpeed(written), csv: "time,kw,temp\n2026-01-01 00:00,2,10\n");
        var scenario = files.Load();
        Assert.Equal(speed, Assert.Single(scenario.Recordings).Speed);
        Assert.Equal(1, scenario.Speed);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1e7")]
    [InlineData("true")]
    [InlineData("\"fast\"")]
    public void Load_SpeedOfARecordingThatIsNone_IsAFaultWithItsCure(string written)
    {
        using var files = new TemporaryScenario(WithSpeed(written), csv: "time,kw,temp\n2026-01-01 00:00,2,10\n");
        var fault = Assert.Single(files.Faults());
        Assert.Equal("$.recordings[0].speed", fault.Path);
        Assert.False(string.IsNullOrWhiteSpace(fault.Cure));
    }

    private static string WithSpeed(string? written) =>
        written is null ? Recorded : Recorded.Replace("\"step\": \"15m\",", $"\"step\": \"15m\", \"speed\": {written},", StringComparison.Ordinal);

    private const string Recorded = """
        { "recordings": [ { "asset": "s/rec", "file": "data.csv", "timeColumn": "time", "timeFormat": "yyyy-MM-dd HH:mm", "timeZone": "+05:00", "step": "15m",
          "columns": [ { "column": "kw", "measurand": "activePower", "unit": "kW" },
                       { "column": "kw", "measurand": "energyProduced", "unit": "kW", "integrate": true },
                       { "column": "temp", "measurand": "ambientTemperature", "unit": "degC" } ] } ] }
        """;
}
