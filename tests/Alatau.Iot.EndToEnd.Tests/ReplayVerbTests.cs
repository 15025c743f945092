using System.Globalization;
using System.Text;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>History goes down the road again into a new folder, and the old one is as it was.</summary>
public sealed class ReplayVerbTests : IDisposable
{
    private const int Messages = 120;

    private readonly string _folder = Directory.CreateTempSubdirectory("alatau-replay-").FullName;

    private string Into => Path.Combine(_folder, "new");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Replay_JournalOfARunningPlatform_StoresTheSameAndDisturbsNothing()
    {
        var start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddHours(-5).ToUnixTimeSeconds());
        await using var platform = await AlatauProcess.StartAsync("run", ["--set", "Recovery:Journal=true"]);
        await PostAsync(platform, "m-hotel", start, Messages);
        await PostAsync(platform, "nobody", start, 5);
        await platform.QuietLedgerAsync(l => l.Long("received") == Messages + 5);

        var (code, output) = await AlatauProcess.RunToEndAsync("replay", "--journal", platform.Folder, "--into", Into);
        Assert.True(code == 0, output);
        Assert.Contains("read         125 messages", output, StringComparison.Ordinal);
        Assert.Contains("received     125 = 120 stored + 0 duplicate + 5 quarantined + 0 waiting", output, StringComparison.Ordinal);
        Assert.Contains("UnknownDevice", output, StringComparison.Ordinal);

        await using (var again = await AlatauProcess.StartAsync("run", folder: Into))
        {
            var series = await again.SeriesAsync("gate/m-hotel", "activePower", start, start.AddHours(5));
            Assert.Equal(Enumerable.Range(0, Messages).Select(n => (double)n), series.Select(p => p.Double("v")));
        }

        // Not empty any more; and the source takes messages as before.
        Assert.Equal(2, (await AlatauProcess.RunToEndAsync("replay", "--journal", platform.Folder, "--into", Into)).ExitCode);
        await PostAsync(platform, "m-mall", start, 10);
        await platform.QuietLedgerAsync(l => l.Long("received") == Messages + 15);

        var none = await AlatauProcess.RunToEndAsync("replay", "--journal", platform.Folder, "--into", Path.Combine(_folder, "later"), "--from", "2099-01-01T00:00:00Z");
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("read         0 messages", none.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_CsvWithAVoltageTooHigh_TriesTheRulesOnIt()
    {
        var csv = new StringBuilder("time,u,p\n");
        var start = new DateTime(2026, 6, 21, 0, 0, 0, DateTimeKind.Unspecified);
        for (int minute = 0; minute < 180; minute++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{start.AddMinutes(minute):yyyy-MM-dd HH:mm},{(minute is >= 60 and < 120 ? 262 : 230)},1.5\n");
        }

        string file = Path.Combine(_folder, "meter.csv");
        await File.WriteAllTextAsync(file, csv.ToString());
        string[] source = ["replay", "--csv", file, "--asset", "gate/m-hotel", "--step", "1m", "--columns", "u=voltage.l1:V", "p=activePower:kW", "p=energyImport:kW:integrate"];
        var (code, output) = await AlatauProcess.RunToEndAsync([.. source, "--into", Into]);
        Assert.True(code == 0, output);
        Assert.Contains("received     180 = 180 stored + 0 duplicate + 0 quarantined + 0 waiting", output, StringComparison.Ordinal);
        Assert.Contains("readings     540", output, StringComparison.Ordinal);
        Assert.Contains("  voltage-high: Unacknowledged", output, StringComparison.Ordinal);
        Assert.DoesNotContain("windows      0", output, StringComparison.Ordinal);

        var part = await AlatauProcess.RunToEndAsync([.. source, "--into", Path.Combine(_folder, "part"), "--to", "2026-06-21T01:00:00Z"]);
        Assert.True(part.ExitCode == 0, part.Output);
        Assert.Contains("received     60 = 60 stored", part.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("voltage-high", part.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_FaultyOptions_AllAreToldAndNothingIsMade()
    {
        string file = Path.Combine(_folder, "meter.csv");
        await File.WriteAllTextAsync(file, "time,u\n");
        var (code, output) = await AlatauProcess.RunToEndAsync("replay", "--csv", file, "--asset", "gate", "--columns", "u=voltage.l1", "--from", "noon", "--into", Into);
        Assert.Equal(2, code);
        Assert.All((string[])["--from noon", "--columns u=voltage.l1", "$.asset"], part => Assert.Contains(part, output, StringComparison.Ordinal));
        Assert.Equal(2, (await AlatauProcess.RunToEndAsync("replay", "--journal", _folder, "--into", Into)).ExitCode);
        Assert.False(Directory.Exists(Into));
    }

    private static async Task PostAsync(AlatauProcess platform, string asset, DateTimeOffset start, int count)
    {
        string body = string.Join(',', Enumerable.Range(0, count).Select(n => FormattableString.Invariant(
            $"{{\"site\":\"gate\",\"asset\":\"{asset}\",\"ts\":{start.AddSeconds(n).ToUnixTimeMilliseconds()},\"v\":{{\"activePower\":{n}}}}}")));
        using var content = new StringContent($"[{body}]", Encoding.UTF8, "application/json");
        using var answer = await platform.Http.PostAsync(new Uri("api/v1/telemetry", UriKind.Relative), content);
        Assert.True((int)answer.StatusCode is 202 or 422, await answer.Content.ReadAsStringAsync());
    }
}
