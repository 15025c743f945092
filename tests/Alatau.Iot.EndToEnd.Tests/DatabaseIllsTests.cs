using Alatau.Iot.EndToEnd.Tests.Torture;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>Ills of the database that a person must cure: the platform runs on, says in one line what is wrong and the cure, and nothing is lost once it is cured.</summary>
public sealed class DatabaseIllsTests
{
    private const int Many = 1_500;

    private static readonly string? s_missing = InfluxDatabase.Missing ?? MosquittoClients.Missing;

    [Fact]
    public async Task Password_Wrong_IsSaidAndEverythingIsStoredOnceItIsRight()
    {
        Assert.SkipWhen(s_missing is not null, s_missing ?? "");
        await using var database = await InfluxDatabase.StartAsync(withAuthentication: true);
        await database.QueryAsync("", "CREATE USER platform WITH PASSWORD 'old' WITH ALL PRIVILEGES");
        await using var platform = await StartAsync(database, "--set", "Storage:Influx:Username=platform", "--set", "Storage:Influx:Password=new-secret");
        await PublishAsync(platform, 1, 2, 3);
        string line = await SaidAsync(platform, "answered 401");

        Assert.Contains("Cure: give Storage:Influx:Token", line, StringComparison.Ordinal);
        Assert.DoesNotContain("new-secret", platform.Output, StringComparison.Ordinal);
        Assert.False(platform.HasExited);

        using var http = new HttpClient();
        using var content = new FormUrlEncodedContent([new("q", "SET PASSWORD FOR \"platform\" = 'new-secret'")]);
        using var answer = await http.PostAsync(new Uri(database.Uri, "/query?u=platform&p=old"), content, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await platform.QuietLedgerAsync(ledger => ledger.Long("stored") == 3);
    }

    [Fact]
    public async Task Database_Dropped_IsSaidAndSetupBringsItBack()
    {
        Assert.SkipWhen(s_missing is not null, s_missing ?? "");
        await using var database = await InfluxDatabase.StartAsync();
        await using var platform = await StartAsync(database);
        await PublishAsync(platform, 1);
        await platform.QuietLedgerAsync(ledger => ledger.Long("stored") == 1);

        await database.QueryAsync("", "DROP DATABASE \"telemetry\"");
        await PublishAsync(platform, 2, 3);
        Assert.Contains("Cure: 'alatau influx setup' makes what is missing", await SaidAsync(platform, "answered 404"), StringComparison.Ordinal);

        var (code, output) = await AlatauProcess.RunToEndAsync("influx", "setup", "--set", $"Storage:Influx:Url={database.Uri}", "--shorten");
        Assert.True(code == 0, output);
        await platform.QuietLedgerAsync(ledger => ledger.Long("stored") == 3);
        Assert.Equal([2.0, 3], await ValuesAsync(database));
    }

    [Fact]
    public async Task Disk_OfTheDatabaseFull_IsSaidAndEverythingIsStoredOnceThereIsRoom()
    {
        Assert.SkipWhen(s_missing is not null, s_missing ?? "");
        await using var disk = await TorturedDisk.MakeAsync();
        Assert.SkipWhen(disk.WhyNot is not null, disk.WhyNot ?? "");
        await using var database = await InfluxDatabase.StartAsync(folder: disk.DataFolder);
        await using var platform = await StartAsync(database);
        await PublishAsync(platform, 1);
        await platform.QuietLedgerAsync(ledger => ledger.Long("stored") == 1);

        disk.Fill();

        // More than what is left of the page that the database's log ends in.
        var random = new Random(5);
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        string readings = string.Join(',', Enumerable.Range(0, Many).Select(i => FormattableString.Invariant($"{{\"ts\":{now - 600_000 + i},\"v\":{{\"activePower\":{random.Next(100_000)}}}}}")));
        await SendAsync(platform, $"[{readings}]");
        await PublishAsync(platform, 3);
        string line = await SaidAsync(platform, "no space left on device");
        Assert.Contains("Cure: make room on its disk", line, StringComparison.Ordinal);
        Assert.False(platform.HasExited);

        // The log of 1.6.7 stays shut after a full disk until it starts again.
        disk.Free();
        await database.KillAsync();
        await database.RestartAsync();
        await platform.QuietLedgerAsync(ledger => ledger.Long("stored") == 3);
        Assert.Equal(Many + 2, (await ValuesAsync(database)).Count());
    }

    [Fact]
    public async Task Field_OfAnotherType_IsSetAsideAloneWithItsReason()
    {
        Assert.SkipWhen(s_missing is not null, s_missing ?? "");
        await using var database = await InfluxDatabase.StartAsync();
        await database.QueryAsync("", "CREATE DATABASE \"telemetry\"");
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Equal(204, (await database.WriteAsync("telemetry", FormattableString.Invariant($"reading,asset=other activePower=\"text\" {now}"))).Status);
        using var data = new TempFolder();
        await using var platform = await AlatauProcess.StartAsync("run", Options(database), data.Path);
        await PublishAsync(platform, 1, 2);
        await platform.QuietLedgerAsync(ledger => ledger.Long("stored") == 2);

        string[] refused = await File.ReadAllLinesAsync(Path.Combine(data.Path, "rejected.log"), TestContext.Current.CancellationToken);
        Assert.Equal(2, refused.Length);
        Assert.All(refused, line => Assert.Contains("already exists as type string", line, StringComparison.Ordinal));
        Assert.Equal([230.0, 230], await ValuesAsync(database, "voltage.l1"));
    }

    private static string[] Options(InfluxDatabase database) =>
        ["--set", "Ingest:AutoRegister=true", "--set", "Storage:Provider=influx", "--set", $"Storage:Influx:Url={database.Uri}", "--set", "Storage:Recording:LongestPauseMilliseconds=2000"];

    private static Task<AlatauProcess> StartAsync(InfluxDatabase database, params string[] more) => AlatauProcess.StartAsync("run", [.. Options(database), .. more]);

    private static async Task PublishAsync(AlatauProcess platform, params int[] numbers)
    {
        foreach (int number in numbers)
        {
            await SendAsync(platform, FormattableString.Invariant($"{{\"v\":{{\"activePower\":{number},\"voltage.l1\":230}}}}"));
        }
    }

    private static async Task SendAsync(AlatauProcess platform, string payload)
    {
        var sent = await MosquittoClients.PublishAsync(platform.MqttPort, "alatau/v1/green/my-meter/telemetry", payload, "-q", "1");
        Assert.True(sent.ExitCode == 0, sent.Output);
    }

    /// <summary>The first line that speaks of it.</summary>
    private static async Task<string> SaidAsync(AlatauProcess platform, string words)
    {
        await Eventually.TrueAsync(() => platform.Output.Contains(words, StringComparison.Ordinal));
        return platform.Output.Split('\n').First(line => line.Contains(words, StringComparison.Ordinal));
    }

    private static async Task<IEnumerable<double>> ValuesAsync(InfluxDatabase database, string field = "activePower") =>
        (await database.QueryAsync("telemetry", $"SELECT \"{field}\" FROM \"reading\" WHERE \"asset\" = 'my-meter'")).Select(row => row[field].GetDouble());
}
