using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>Messages of a device that nobody knew come through again once the fleet knows it; each counts once, whatever is killed.</summary>
public sealed class QuarantineVerbTests : IDisposable
{
    private const string Fleets = "fleets/extra.json";
    private static readonly DateTimeOffset s_start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddHours(-5).ToUnixTimeSeconds());

    private readonly DevicesCopy _devices = new();
    private readonly string _data = Directory.CreateTempSubdirectory("alatau-quarantine-").FullName;

    public void Dispose()
    {
        _devices.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Replay_RunningPlatformWhoseFleetWasMended_TakesThemAndTheLedgerBalances()
    {
        await using (var before = await StartAsync(journal: false))
        {
            await PostAsync(before, "gate", "pump-1", 0, 20);
            await PostAsync(before, "gate", "pump-2", 0, 5);
            await before.QuietLedgerAsync(l => l.Long("quarantined") == 25);
            string url = before.Http.BaseAddress!.ToString();
            var refused = await AlatauProcess.RunToEndAsync("quarantine", "replay", "--url", url);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("Sent 25 through again: 0 taken, 25 still can't be taken", refused.Output, StringComparison.Ordinal);
            Assert.Contains("unknownDevice: ", refused.Output, StringComparison.Ordinal);
            await before.QuietLedgerAsync(l => l.Long("quarantined") == 25);
            Assert.Equal(0, (await before.StopAsync()).ExitCode);
        }

        Mend("pump-1");
        await using var platform = await StartAsync(journal: false);
        string address = platform.Http.BaseAddress!.ToString();
        var list = await AlatauProcess.RunToEndAsync("quarantine", "list", "--url", address, "--topic", "alatau/v1/gate/pump-2/#", "--reason", "unknownDevice");
        Assert.True(list.ExitCode == 0, list.Output);
        Assert.Contains("5 in quarantine.", list.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("pump-1", list.Output, StringComparison.Ordinal);
        var show = await AlatauProcess.RunToEndAsync("quarantine", "show", "1", "--url", address);
        Assert.Contains("alatau/v1/gate/pump-1/telemetry", show.Output, StringComparison.Ordinal);
        Assert.Contains("\"activePower\":0", show.Output, StringComparison.Ordinal);

        var one = await AlatauProcess.RunToEndAsync("quarantine", "replay", "3", "--url", address);
        Assert.True(one.ExitCode == 0, one.Output);
        Assert.Equal(1, (await AlatauProcess.RunToEndAsync("quarantine", "replay", "3", "--url", address)).ExitCode);
        var ours = await AlatauProcess.RunToEndAsync("quarantine", "replay", "--url", address, "--asset", "gate/pump-1");
        Assert.True(ours.ExitCode == 0, ours.Output);
        Assert.Contains("Sent 19 through again: 19 taken", ours.Output, StringComparison.Ordinal);
        var rest = await AlatauProcess.RunToEndAsync("quarantine", "replay", "--url", address, "--json");
        Assert.Equal(1, rest.ExitCode);
        Assert.Contains("{\"tried\":5,\"taken\":0,\"refused\":5,\"busy\":0}", rest.Output, StringComparison.Ordinal);

        // This run's account begins at zero without a journal: what was set aside before it is received anew.
        var ledger = await platform.QuietLedgerAsync(l => l.Long("received") == 20);
        Assert.Equal((20, 0), (ledger.Long("stored"), ledger.Long("quarantined")));
        Assert.Equal(Enumerable.Range(0, 20).Select(n => (double)n), await ValuesAsync(platform, "pump-1"));
        await platform.UntilAsync("api/v1/quarantine", q => q.Items.Length == 5);
    }

    [Fact]
    public async Task Replay_FolderOfAStoppedPlatform_TakesThemWithAllDoorsClosed()
    {
        await using (var before = await StartAsync(journal: true))
        {
            await PostAsync(before, "gate", "pump-1", 0, 30);
            await before.QuietLedgerAsync(l => l.Long("quarantined") == 30);
            var busy = await AlatauProcess.RunToEndAsync(Offline("list"));
            Assert.Equal(1, busy.ExitCode);
            Assert.Contains("in use by a running platform", busy.Output, StringComparison.Ordinal);
            await before.StopAsync();
        }

        Mend("pump-1");
        var list = await AlatauProcess.RunToEndAsync(Offline("list"));
        Assert.True(list.ExitCode == 0, list.Output);
        Assert.Contains("30 in quarantine.", list.Output, StringComparison.Ordinal);
        var replay = await AlatauProcess.RunToEndAsync(Offline("replay"));
        Assert.True(replay.ExitCode == 0, replay.Output);
        Assert.Contains("Sent 30 through again: 30 taken", replay.Output, StringComparison.Ordinal);

        await using var platform = await StartAsync(journal: true);
        var ledger = await platform.QuietLedgerAsync(l => l.Long("received") == 30);
        Assert.Equal((30, 0, 0), (ledger.Long("stored"), ledger.Long("duplicate"), ledger.Long("quarantined")));
        Assert.Equal(30, (await ValuesAsync(platform, "pump-1")).Count);
        Assert.Empty((await platform.GetAsync("api/v1/quarantine")).Items);
    }

    /// <summary>The whole process is killed at a random moment of the replay, again and again; at the end each message is stored once and the account has it once.</summary>
    [Fact]
    public async Task Replay_KilledAtAnyMoment_EachMessageCountsOnce()
    {
        const int Messages = 3000;
        const int Kills = 5;
        var random = new Random(20261122);
        await using (var before = await StartAsync(journal: true))
        {
            await PostAsync(before, "gate", "pump-1", 0, Messages);
            await PostAsync(before, "gate", "m-hotel", 0, 50);
            await before.QuietLedgerAsync(l => l.Long("received") == Messages + 50);
            before.Kill();
        }

        Mend("pump-1");
        for (int kill = 0; kill < Kills; kill++)
        {
            await using var platform = await StartAsync(journal: true);
            await BalancedAsync(platform, Messages + 50);
            var replay = platform.Http.PostAsync(new Uri("api/v1/quarantine/replay", UriKind.Relative), null);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 250)), TimeProvider.System);
            platform.Kill();
            try
            {
                (await replay).Dispose();
            }
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                // Killed before it answered; a connection that breaks while it is made comes as the socket's own exception.
            }
        }

        await using var last = await StartAsync(journal: true);
        await BalancedAsync(last, Messages + 50);
        using var rest = await last.Http.PostAsync(new Uri("api/v1/quarantine/replay", UriKind.Relative), null);
        var report = await rest.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(report.Long("tried"), report.Long("taken"));
        var ledger = await last.QuietLedgerAsync(l => l.Long("quarantined") == 0);
        Assert.Equal((Messages + 50, Messages + 50, 0), (ledger.Long("received"), ledger.Long("stored"), ledger.Long("duplicate")));
        Assert.Equal(Enumerable.Range(0, Messages).Select(n => (double)n), await ValuesAsync(last, "pump-1"));
        Assert.Empty((await last.GetAsync("api/v1/quarantine")).Items);
    }

    [Fact]
    public async Task List_PlatformThatWantsAUser_IsAskedAsOne()
    {
        await AlatauProcess.RunToEndAsync("secret enough\n", ["credentials", "add", "olga", "--role", "operator", "--password-file", "-", "--data", _data]);
        await using var platform = await StartAsync(journal: false, "--set", "Platform:Bind=0.0.0.0");
        string url = FormattableString.Invariant($"http://127.0.0.1:{platform.Http.BaseAddress!.Port}");
        var nobody = await AlatauProcess.RunToEndAsync("quarantine", "list", "--url", url);
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("401", nobody.Output, StringComparison.Ordinal);
        var olga = await AlatauProcess.RunToEndAsync("secret enough\n", ["quarantine", "list", "--url", url, "--user", "olga", "--password-file", "-"]);
        Assert.True(olga.ExitCode == 0, olga.Output);
        Assert.Contains("0 in quarantine.", olga.Output, StringComparison.Ordinal);
    }

    private static async Task BalancedAsync(AlatauProcess platform, long received)
    {
        var ledger = await platform.QuietLedgerAsync(l => l.Long("received") == received);
        Assert.Equal(0, ledger.Long("duplicate"));

        // What the account holds as quarantined is what the quarantine lists.
        long listed = 0;
        string? cursor = null;
        do
        {
            var page = await platform.GetAsync("api/v1/quarantine?limit=1000" + (cursor is null ? "" : "&cursor=" + cursor));
            listed += page.Items.Length;
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        Assert.Equal(ledger.Long("quarantined"), listed);
    }

    private static async Task PostAsync(AlatauProcess platform, string site, string asset, int first, int count)
    {
        var body = new StringBuilder("[");
        for (int n = first; n < first + count; n++)
        {
            body.Append(n > first ? "," : "").Append(CultureInfo.InvariantCulture, $"{{\"site\":\"{site}\",\"asset\":\"{asset}\",\"ts\":{s_start.AddSeconds(n).ToUnixTimeMilliseconds()},\"v\":{{\"activePower\":{n}}}}}");
        }

        using var content = new StringContent(body.Append(']').ToString(), Encoding.UTF8, "application/json");
        using var answer = await platform.Http.PostAsync(new Uri("api/v1/telemetry", UriKind.Relative), content);
        Assert.True((int)answer.StatusCode is 202 or 422, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<List<double>> ValuesAsync(AlatauProcess platform, string asset) =>
        [.. (await platform.SeriesAsync("gate/" + asset, "activePower", s_start, s_start.AddHours(5))).Select(p => p.Double("v"))];

    private string[] Offline(string verb) => ["quarantine", verb, "--data", _data, "--devices", _devices.Path, "--set", "Recovery:Journal=true"];

    private Task<AlatauProcess> StartAsync(bool journal, params string[] more) =>
        AlatauProcess.StartAsync("run", ["--devices", _devices.Path, "--set", $"Recovery:Journal={journal}", "--set", "Recovery:CheckpointInterval=00:00:01", .. more], _data);

    private void Mend(string asset) => _devices.Add(Fleets, $$"""
        { "name": "extra", "assets": [ { "id": "gate/{{asset}}", "kind": "meter" } ],
          "sites": [ { "name": "gate", "displayName": "Gate", "timeZone": "Asia/Almaty", "latitude": 43.7, "longitude": 77.1, "altitudeMetres": 560 } ] }
        """);
}
