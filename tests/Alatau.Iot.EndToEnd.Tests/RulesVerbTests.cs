using System.Globalization;
using System.Text;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>A rule is tried on what a running platform has stored, and nothing of it changes.</summary>
public sealed class RulesVerbTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 6, 21, 6, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("alatau-rules-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Try_RuleOnStoredReadings_ShowsWhatItWouldHaveRaised()
    {
        await using var platform = await AlatauProcess.StartAsync("run");

        // An hour by the minute: 262 V from minute 20 to 39, twice a dip below the deadband in between.
        await PostAsync(platform, Enumerable.Range(0, 60).Select(m => (m, m is >= 20 and < 40 && m is not (25 or 30) ? 262.0 : 230.0)));
        await platform.QuietLedgerAsync(l => l.GetProperty("received").GetInt64() == 60);
        long before = await StepsAsync(platform);
        string rule = Path.Combine(_folder, "too-high.json");
        await File.WriteAllTextAsync(rule, """{"title":"Too high","severity":"high","condition":{"type":"threshold","measurand":"voltage","phases":true,"high":260,"deadband":2}}""");

        string[] span = ["--from", "2026-06-21T06:00:00Z", "--to", "2026-06-21T07:00:00Z", "--data", platform.Folder];
        var (code, output) = await AlatauProcess.RunToEndAsync(["rules", "try", rule, .. span]);

        Assert.True(code == 0, output);
        Assert.Contains("too-high: Too high. voltage (each phase) >= 260 V", output, StringComparison.Ordinal);
        Assert.Contains("1 of ", output, StringComparison.Ordinal);
        Assert.Contains("2026-06-21T06:20:00.000Z  5 min", output, StringComparison.Ordinal);
        Assert.Contains("2026-06-21T06:26:00.000Z  4 min", output, StringComparison.Ordinal);
        Assert.Contains("2026-06-21T06:31:00.000Z  9 min", output, StringComparison.Ordinal);
        Assert.Contains("gate/m-hotel", output, StringComparison.Ordinal);
        Assert.Contains("calls        3 of 1 alarms; 0 still on at the end", output, StringComparison.Ordinal);
        Assert.Contains("average rate 0.5 (target 1 in 10 minutes, 2 at most): on target", output, StringComparison.Ordinal);
        Assert.Equal(before, await StepsAsync(platform));

        // The shipped rule by its name, another site, an asset of no fleet.
        Assert.Equal(0, (await AlatauProcess.RunToEndAsync(["rules", "try", "voltage-high", .. span, "--site", "gate"])).ExitCode);
        var elsewhere = await AlatauProcess.RunToEndAsync(["rules", "try", rule, .. span, "--asset", "gate/m-nobody"]);
        Assert.Equal(1, elsewhere.ExitCode);
        Assert.Contains("0 of 1 assets have readings", elsewhere.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Try_WithoutHistoryOrWithFaults_SaysWhereAndHowToMendIt()
    {
        var none = await AlatauProcess.RunToEndAsync("rules", "try", "voltage-high", "--data", _folder);
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("There is no history in", none.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "history.db")));

        string rule = Path.Combine(_folder, "rule-x");
        Directory.CreateDirectory(rule);
        await File.WriteAllTextAsync(Path.Combine(rule, "rule.json"), """{"title":"","condition":{"type":"threshold","measurand":"voltige","ladder":[{"severity":"high","high":2},{"severity":"low","high":1}]}}""");
        var (code, output) = await AlatauProcess.RunToEndAsync("rules", "check", rule);
        Assert.Equal(2, code);
        Assert.Contains("$.title", output, StringComparison.Ordinal);
        Assert.Contains("'voltige' is no measurand", output, StringComparison.Ordinal);

        Assert.Equal(2, (await AlatauProcess.RunToEndAsync("rules", "try", "no-such-rule")).ExitCode);
        Assert.Equal(2, (await AlatauProcess.RunToEndAsync("rules", "try", "voltage-high", "--site", "atlantis", "--data", _folder)).ExitCode);
    }

    [Fact]
    public async Task List_ShippedRules_SaysEachConditionInALine()
    {
        var (code, output) = await AlatauProcess.RunToEndAsync("rules", "list");

        Assert.True(code == 0, output);
        Assert.Contains("activePower medium: >= 1 x ratedPower for 5 min, then high: >= 1.5 x ratedPower for 5 min, then critical: >= 1.8 x ratedPower for 60 s", output, StringComparison.Ordinal);
        Assert.Contains("silent for three reporting intervals", output, StringComparison.Ordinal);
        Assert.Contains("All well.", (await AlatauProcess.RunToEndAsync("rules", "check")).Output, StringComparison.Ordinal);
    }

    private static async Task<long> StepsAsync(AlatauProcess platform) => (long)await platform.MetricAsync("alatau_alarm_transitions_total");

    private static async Task PostAsync(AlatauProcess platform, IEnumerable<(int Minute, double Volts)> readings)
    {
        string body = string.Join(',', readings.Select(r => string.Create(CultureInfo.InvariantCulture, $"{{\"site\":\"gate\",\"asset\":\"m-hotel\",\"ts\":{s_start.AddMinutes(r.Minute).ToUnixTimeMilliseconds()},\"v\":{{\"voltage.l1\":{r.Volts}}}}}")));
        using var content = new StringContent($"[{body}]", Encoding.UTF8, "application/json");
        using var answer = await platform.Http.PostAsync(new Uri("api/v1/telemetry", UriKind.Relative), content);
        Assert.True((int)answer.StatusCode is 202, await answer.Content.ReadAsStringAsync());
    }
}
