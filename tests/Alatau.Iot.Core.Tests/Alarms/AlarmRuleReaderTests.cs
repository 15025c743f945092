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
