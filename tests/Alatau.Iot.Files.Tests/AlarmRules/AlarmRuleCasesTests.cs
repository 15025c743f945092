using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Assets;

namespace Alatau.Iot.Files.Tests.AlarmRules;

public sealed class AlarmRuleCasesTests
{
    private static readonly string s_folder = ProjectRoot.Of("devices", "alarm-rules");

    public static TheoryData<string> Rules => [.. Directory.GetDirectories(s_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Cases =>
    [
        .. Directory.GetDirectories(s_folder)
            .Where(rule => Directory.Exists(Path.Combine(rule, "cases")))
            .SelectMany(rule => Directory.GetDirectories(Path.Combine(rule, "cases")))
            .Select(f => Path.GetRelativePath(s_folder, f)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_Played_MakesTheTransitionsItExpects(string path)
    {
        string folder = Path.Combine(s_folder, path);
        var rule = AlarmRuleCase.ReadRule(Path.GetDirectoryName(Path.GetDirectoryName(folder))!);
        var (expected, actual) = rule.Condition is OutageCondition condition ? OutageRuleCase.Run(condition, folder) : AlarmRuleCase.Load(folder).Run();

        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Rule_Shipped_HasARaiseAReturnAndAnEdge(string rule)
    {
        string folder = Path.Combine(s_folder, rule);
        Assert.NotEmpty(AlarmRuleCase.ReadRule(folder).Advice);
        var cases = Directory.GetDirectories(Path.Combine(folder, "cases")).Select(f => Path.GetFileName(f)).ToList();

        Assert.Contains(cases, c => c.Contains("raise", StringComparison.Ordinal));
        Assert.Contains(cases, c => c.Contains("return", StringComparison.Ordinal));
        Assert.Contains(cases, c => c.StartsWith("edge", StringComparison.Ordinal));
    }
}
