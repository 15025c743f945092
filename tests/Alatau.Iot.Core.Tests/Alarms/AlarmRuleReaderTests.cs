using System.Text;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Tests.Alarms;

public sealed class AlarmRuleReaderTests
{
    private static readonly MeasurandCatalog s_catalog = new();

    private readonly FileFaults _faults = new();

    [Fact]
    public void Read_Threshold_ConvertsUnits()
    {
        var rule = Read("""{"title":"T","severity":"high","kinds":["meter","Solar"],"advice":"A","condition":{"type":"threshold","measurand":"activePower","unit":"kW","low":-1.5,"deadband":0.1,"onDelay":"15s"}}""");

        Assert.Equal(new ThresholdCondition(s_catalog.Id("activePower"), false, -1500, 100, TimeSpan.FromSeconds(15)), rule!.Condition);
        Assert.Equal(("my-rule", "T", AlarmSeverity.High, "A"), (rule.Name, rule.Title, rule.Severity, rule.Advice));
        Assert.Equal([AssetKind.Meter, AssetKind.Solar], rule.Kinds);
    }

    [Fact]
    public void Read_UnitWithOffset_DeadbandIsOnlyScaled()
    {
        var rule = Read("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"ambientTemperature","unit":"degF","high":212,"deadband":9}}""");

        var condition = Assert.IsType<ThresholdCondition>(rule!.Condition);
        Assert.Equal(100, condition.Limit, 9);
        Assert.Equal(5, condition.Deadband, 9);
    }

    [Fact]
    public void Read_PhasesAndShare_AreKept()
    {
        Assert.True(((ThresholdCondition)Read("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"voltage","phases":true,"high":253}}""")!.Condition).IncludesPhases);
        Assert.True(((ThresholdCondition)Read("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"activePower","of":"ratedPower","high":1}}""")!.Condition).IsShareOfRating);
    }

    [Fact]
    public void Read_Silence_AfterIsOptional()
    {
        Assert.Equal(new SilenceCondition(TimeSpan.FromMinutes(5)), Read("""{"title":"T","severity":"low","condition":{"type":"silence","after":"5m"}}""")!.Condition);
        Assert.Equal(new SilenceCondition(null), Read("""{"title":"T","severity":"low","condition":{"type":"silence"}}""")!.Condition);
    }

    [Theory]
    [InlineData("""{"severity":"low","condition":{"type":"silence"}}""", "$.title", "Missing")]
    [InlineData("""{"title":"T","severity":"urgent","condition":{"type":"silence"}}""", "$.severity", "'urgent' is not known here")]
    [InlineData("""{"title":"T","severity":"low"}""", "$.condition", "Missing")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"magic"}}""", "$.condition.type", "'magic' is not known here")]
    [InlineData("""{"title":"T","severity":"low","kinds":["meeter"],"condition":{"type":"silence"}}""", "$.kinds[0]", "'meeter' is no kind of asset")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"silence","after":"soon"}}""", "$.condition.after", "'soon' is no duration")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"silence","after":"5ms"}}""", "$.condition.after", "Nobody is silent before a second has passed")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"voltige","high":1}}""", "$.condition.measurand", "'voltige' is no measurand")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"voltage","unit":"kW","high":1}}""", "$.condition.unit", "'kW' doesn't fit voltage, which is measured in V")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"voltage"}}""", "$.condition", "Needs exactly one limit")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"voltage","high":2,"low":1}}""", "$.condition", "Needs exactly one limit")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"humidity","high":120}}""", "$.condition.high", "humidity never reaches this: its valid range is 0 to 100 %")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"voltage","high":2,"deadband":-1}}""", "$.condition.deadband", "Must be a number of 0 or more")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"voltage.l1","phases":true,"high":2}}""", "$.condition.phases", "'voltage.l1' is one phase already")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"voltage","of":"ratedPower","high":1}}""", "$.condition.measurand", "voltage is measured in V and can't be compared with the rated power in W")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"activePower","of":"contract","high":1}}""", "$.condition.of", "'contract' is nothing an asset is rated by")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"voltage","high":2,"onDelay":"25h"}}""", "$.condition.onDelay", "An alarm may wait a day at most")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"voltage","high":2,"hi":3}}""", "$.condition.hi", "Nothing of this name is known here")]
    public void Read_Fault_IsNamedWithItsPath(string json, string path, string problem)
    {
        Assert.Null(Read(json));

        Assert.Equal(("rules/my-rule/rule.json", path, problem), Assert.Single(_faults.All.Select(f => (f.File, f.Path, f.Problem))));
    }

    [Theory]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"co2","ladder":[{"severity":"low","high":1},{"severity":"high","high":2}]}}""", "$.severity", "The ladder says it")]
    [InlineData("""{"title":"T","condition":{"type":"threshold","measurand":"co2","ladder":[{"severity":"low","high":1}]}}""", "$.condition.ladder", "Has fewer than two limits")]
    [InlineData("""{"title":"T","condition":{"type":"threshold","measurand":"co2","high":3,"ladder":[{"severity":"low","high":1},{"severity":"high","high":2}]}}""", "$.condition.ladder", "Stands beside a limit of its own")]
    [InlineData("""{"title":"T","condition":{"type":"threshold","measurand":"co2","ladder":[{"severity":"low","high":3},{"severity":"high","high":2}]}}""", "$.condition.ladder[1].high", "Lies not beyond the limit before it")]
    [InlineData("""{"title":"T","condition":{"type":"threshold","measurand":"co2","ladder":[{"severity":"low","low":2},{"severity":"high","low":3}]}}""", "$.condition.ladder[1].low", "Lies not beyond the limit before it")]
    [InlineData("""{"title":"T","condition":{"type":"threshold","measurand":"co2","ladder":[{"severity":"high","high":1},{"severity":"low","high":2}]}}""", "$.condition.ladder[1].severity", "The ladder doesn't climb: low comes after high")]
    [InlineData("""{"title":"T","condition":{"type":"threshold","measurand":"co2","ladder":[{"severity":"low","high":1},{"severity":"high","low":2}]}}""", "$.condition.ladder[1]", "High and low are mixed")]
    [InlineData("""{"title":"T","condition":{"type":"threshold","measurand":"activePower","ladder":[{"severity":"low","high":1},{"severity":"high","high":{"attribute":"ratedPower"}}]}}""", "$.condition.ladder[1].high", "Can't be compared with the limit before it")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"voltage","high":{"attribute":"ratedPower","factor":1.1}}}""", "$.condition.high.attribute", "voltage is measured in V and can't be compared with the rated power in W")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"current","high":{"attribute":"ratedCurrent","unit":"kW"}}}""", "$.condition.high.attribute", "current is measured in A and can't be compared with an attribute in kW")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"current","high":{"attribute":"ratedCurrent","factor":0}}}""", "$.condition.high.factor", "Must be more than 0")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"co2","high":5,"during":[{"from":"22:00","to":"06:00"}]}}""", "$.condition.during[0].high", "Missing")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"co2","high":5,"schedule":{"from":"7","to":"19:00"}}}""", "$.condition.schedule.from", "'7' is no time of day")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"threshold","measurand":"co2","high":5,"schedule":{"days":["mon","moon"],"from":"07:00","to":"19:00"}}}""", "$.condition.schedule.days[1]", "'moon' is no day")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"rate","measurand":"co2","high":5}}""", "$.condition.per", "Missing")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"rate","measurand":"co2","per":"2d","high":5}}""", "$.condition.per", "A rate looks back a day at most")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"rate","measurand":"co2","per":"1h","high":-5}}""", "$.condition.high", "Must be a number of 0 or more")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"rate","measurand":"co2","per":"1h","direction":"up","high":5}}""", "$.condition.direction", "'up' is not known here")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"frozen","measurand":"co2"}}""", "$.condition.for", "Missing")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"frozen","measurand":"co2","for":"1h","readings":2.5}}""", "$.condition.readings", "Is no whole number")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"window","measurand":"voltage","window":"7m","statistic":"mean","high":5}}""", "$.condition.window", "There are no windows of '7m'")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"window","measurand":"voltage","window":"15m","statistic":"median","high":5}}""", "$.condition.statistic", "'median' is not known here")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"window","measurand":"voltage","window":"15m","statistic":"delta","high":5}}""", "$.condition.statistic", "voltage is no counter and has no delta")]
    [InlineData("""{"title":"T","severity":"low","condition":{"type":"window","measurand":"voltage","window":"15m","statistic":"completeness","low":80}}""", "$.condition.low", "Completeness of voltage never reaches this: its valid range is 0 to 1")]
    public void Read_FaultOfACondition_IsNamedWithItsPath(string json, string path, string problem)
    {
        Assert.Null(Read(json));

        Assert.Equal((path, problem), Assert.Single(_faults.All.Select(f => (f.Path, f.Problem))));
    }

    [Fact]
    public void Read_Ladder_BeginsWithItsMildestSeverity()
    {
        var rule = Read("""{"title":"T","condition":{"type":"threshold","measurand":"activePower","unit":"kW","deadband":1,"onDelay":"5m","ladder":[{"severity":"medium","high":10},{"severity":"high","high":20,"deadband":2,"onDelay":"1m","offDelay":"10s"}]}}""");

        Assert.Equal(AlarmSeverity.Medium, rule!.Severity);
        var rungs = ((ThresholdCondition)rule.Condition).Rungs;
        Assert.Equal((10_000, 1000, TimeSpan.FromMinutes(5), TimeSpan.Zero), (rungs[0].At.Number, rungs[0].Deadband.Number, rungs[0].OnDelay, rungs[0].OffDelay));
        Assert.Equal((20_000, 2000, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10)), (rungs[1].At.Number, rungs[1].Deadband.Number, rungs[1].OnDelay, rungs[1].OffDelay));
    }

    [Fact]
    public void Read_RateInKelvin_HasNoOffset()
    {
        var rule = Read("""{"title":"T","severity":"high","condition":{"type":"rate","measurand":"ambientTemperature","unit":"degF","per":"10m","direction":"fall","high":9}}""");

        var condition = Assert.IsType<RateCondition>(rule!.Condition);
        Assert.Equal(5, condition.Rungs[0].At.Number, 9);
        Assert.Equal((TimeSpan.FromMinutes(10), RateDirection.Fall), (condition.Per, condition.Direction));
    }

    [Fact]
    public void Check_AttributeThatNoAssetHas_IsAFaultWithWhatThereIs()
    {
        var rule = Read("""{"title":"T","severity":"high","kinds":["feeder"],"condition":{"type":"threshold","measurand":"current","high":{"attribute":"ratedCurent","factor":1.1}}}""")!;
        Asset[] assets = [Feeder("a", "ratedCurrent", "250"), Feeder("b", "ratedCurrent", "400 A")];

        AlarmRuleCheck.Attributes(rule, "f", assets, _faults);

        var fault = Assert.Single(_faults.All);
        Assert.Equal("No asset has the attribute 'ratedCurent'; the rule applies to 2", fault.Problem);
        Assert.Contains("ratedCurrent", fault.Cure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("250 V")]
    [InlineData("much")]
    [InlineData("")]
    public void Check_AttributeThatIsNoSuchQuantity_NamesTheAsset(string text)
    {
        var rule = Read("""{"title":"T","severity":"high","condition":{"type":"threshold","measurand":"current","high":{"attribute":"ratedCurrent"}}}""")!;

        AlarmRuleCheck.Attributes(rule, "f", [Feeder("a", "ratedCurrent", "0.25 kA"), Feeder("b", "ratedCurrent", text)], _faults);

        Assert.Equal($"The attribute 'ratedCurrent' is no quantity in A at green/b '{text}'", Assert.Single(_faults.All).Problem);
    }

    private static Asset Feeder(string name, string attribute, string text) =>
        new(AssetId.Of("green", name), name, AssetKind.Feeder) { Attributes = new Dictionary<string, string> { [attribute] = text } };

    [Fact]
    public void Read_ManyFaults_AreAllReported()
    {
        Assert.Null(Read("""{"severity":"x","kinds":["y"],"colour":1,"condition":{"type":"threshold","measurand":"z","unit":"q"}}"""));

        Assert.Equal(["$.colour", "$.condition", "$.condition.measurand", "$.kinds[0]", "$.severity", "$.title"], _faults.All.Select(f => f.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Voltage")]
    [InlineData("voltage_high")]
    [InlineData("-x")]
    [InlineData("")]
    public void Read_NameIsNotKebabCase_IsAFault(string name)
    {
        Assert.Null(AlarmRuleReader.Read(name, "f", Encoding.UTF8.GetBytes("""{"title":"T","severity":"low","condition":{"type":"silence"}}"""), s_catalog, _faults));

        Assert.Equal($"'{name}' can't name a rule", Assert.Single(_faults.All).Problem);
    }

    private AlarmRule? Read(string json) => AlarmRuleReader.Read("my-rule", "rules/my-rule/rule.json", Encoding.UTF8.GetBytes(json), s_catalog, _faults);
}
