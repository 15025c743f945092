using System.Globalization;
using System.Text.Json;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>What was acknowledged is in the store once, with its windows and alarms, whatever was killed, stopped, refused, filled or moved meanwhile. <c>tests/README.md</c> says how to run it longer and with other seeds.</summary>
public sealed class TortureTests
{
    private const string Database = "telemetry";
    private const int Publishers = 4;
    private const int AssetsEach = 3;

    /// <summary>Messages of one publisher that its assets remember: an asset knows its last 64 numbers.</summary>
    private const int Memory = 60 * AssetsEach;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Influx_Tormented_HoldsEveryAcknowledgedNumberOnce()
    {
        Assert.SkipWhen((InfluxDatabase.Missing ?? PahoScript.Missing) is not null, InfluxDatabase.Missing ?? PahoScript.Missing ?? "");
        var settings = TortureSettings.Read(seed: 1);
        await using var database = await InfluxDatabase.StartAsync();
        await using var proxy = await TorturedDatabase.StartAsync(database.Uri);

        // From the start the database holds one field under another type, so that it refuses parts of what it is sent.
        await database.QueryAsync(Database, $"CREATE DATABASE \"{Database}\"");
        Assert.Equal(204, (await database.WriteAsync(Database, "reading,site=elsewhere,asset=elsewhere apparentPower=\"a text\" 1")).Status);
        await RunAsync(settings, "influx", database, proxy, async asset => await StoredHistory.ReadInfluxAsync(database, Database, asset));
    }

    [Fact]
    public async Task Sqlite_Tormented_HoldsEveryAcknowledgedNumberOnce()
    {
        Assert.SkipWhen(PahoScript.Missing is not null, PahoScript.Missing ?? "");
        await RunAsync(TortureSettings.Read(seed: 2), "sqlite", null, null, null);
    }

    private static async Task RunAsync(TortureSettings settings, string store, InfluxDatabase? database, TorturedDatabase? proxy, Func<string, Task<StoredHistory>>? read)
    {
        using var devices = new DevicesCopy();
        TortureRules.AddTo(devices);
        using var clock = new TorturedClock();
        await using var disk = await TorturedDisk.MakeAsync();
        await using var platform = new TorturedPlatform(disk.DataFolder, ["--devices", devices.Path, .. settings.Options(proxy?.Uri, Database)], clock);
        var tormentors = new Tormentors(settings.Seed, platform, database, proxy, disk, clock);
        var publishers = new List<ITorturePublisher>();
        try
        {
            await platform.StartAsync(() => false);
            publishers.AddRange(Start(settings, platform.Port));
            await tormentors.RunAsync(TimeSpan.FromSeconds(settings.Seconds));

            var counts = new List<IReadOnlyList<int>>();
            foreach (var publisher in publishers)
            {
                counts.Add(await publisher.FinishAsync(s_patience));
            }

            long numbers = counts.Sum(c => c.Sum(n => (long)n + 1));
            Assert.Equal(numbers, publishers.Sum(p => p.Acknowledged));
            var ledger = await platform.QuietAsync(l => l.Long("stored") >= numbers);
            var faults = await CheckLedgerAsync(platform, ledger, numbers, publishers);
            faults.AddRange(await CheckRestartAsync(platform, ledger));
            string file = Path.Combine(disk.DataFolder, "history.db");
            IReadOnlyDictionary<string, StoredHistory>? all = read is null ? await StoredHistory.ReadSqliteAsync(file) : null;
            long stored = 0;
            foreach (var (signal, count) in publishers.SelectMany((p, i) => p.Signals.Zip(counts[i])))
            {
                var has = read is null ? all!.GetValueOrDefault(signal.Asset) ?? new StoredHistory() : await read(signal.Asset);
                stored += has.Readings["activePower"].Count;
                faults.AddRange(TortureComparison.Differences(signal.Asset, new TortureExpectation(signal, count), has, signal.ClosingInstant(count) - 3_600_001));
            }

            string report = string.Create(CultureInfo.InvariantCulture, $"Torture {store}, seed {settings.Seed}, {settings.Seconds} s: {platform.Kills} kills survived; {tormentors.Summary}; connections broken off {publishers.OfType<TorturePublisher>().Sum(p => p.BrokenOff)}; starts refused by a full disk {platform.Refusals}; sent {publishers.Sum(p => p.Sent)}, acknowledged {numbers}, stored {stored}, duplicates {ledger.Long("duplicate")}, quarantined {ledger.Long("quarantined")}.");
            Say(report);
            Say(disk.WhyNot is { } disks ? "The disk was not filled: " + disks : null);
            Say(TorturedClock.WhyNot is { } clocks ? "The clock was not moved: " + clocks : null);
            Assert.True(faults.Count == 0, $"{faults.Count} faults with seed {settings.Seed}:{Environment.NewLine}{string.Join(Environment.NewLine, faults.Take(60))}");
        }
        catch (Exception)
        {
            string kept = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"alatau-torture-{store}-{settings.Seed}.log"));
            await File.WriteAllTextAsync(kept, string.Join(Environment.NewLine, tormentors.Events) + Environment.NewLine + platform.Log);
            Say($"Seed {settings.Seed} failed ({tormentors.Summary}); what befell and what the platform said is in {kept}.");
            throw;
        }
        finally
        {
            foreach (var publisher in publishers)
            {
                await publisher.DisposeAsync();
            }
        }
    }

    private static IEnumerable<ITorturePublisher> Start(TortureSettings settings, int port)
    {
        // Two days back: whatever the clock does, no stamp lies ahead of it.
        long start = (TimeProvider.System.GetUtcNow().AddDays(-2).ToUnixTimeMilliseconds() / 3_600_000) * 3_600_000;
        double share = settings.PerSecond / (Publishers + 1);
        for (int i = 0; i < Publishers; i++)
        {
            TortureSignal[] signals = [.. Enumerable.Range(i * AssetsEach, AssetsEach).Select(asset => new TortureSignal(start, asset))];
            yield return new TorturePublisher($"torture-{i}", signals, port, share, Memory, new Random(settings.Seed + 100 + i));
        }

        TortureSignal[] simple = [.. Enumerable.Range(Publishers * AssetsEach, AssetsEach).Select(asset => new TortureSignal(start, asset) { HasVoltage = false, HasSequence = false })];
        yield return new PahoPublisher(simple, port, share);
    }

    private static async Task<List<string>> CheckLedgerAsync(TorturedPlatform platform, JsonElement ledger, long numbers, List<ITorturePublisher> publishers)
    {
        var faults = new List<string>();
        if (ledger.Long("unaccounted") != 0 || ledger.Long("waiting") != 0 || ledger.Long("received") != ledger.Long("stored") + ledger.Long("duplicate") + ledger.Long("quarantined"))
        {
            faults.Add($"The ledger doesn't balance: {ledger}");
        }

        if (ledger.Long("stored") != numbers)
        {
            faults.Add($"The ledger says {ledger.Long("stored")} stored; acknowledged were {numbers}.");
        }

        var kept = new List<string>();
        for (string? path = "api/v1/quarantine?limit=1000"; path is not null;)
        {
            var page = await platform.Process.GetAsync(path);
            kept.AddRange(page.Items.Select(i => i.GetProperty("payload").GetString() ?? ""));
            path = page.GetProperty("next").GetString() is { } next ? "api/v1/quarantine?limit=1000&cursor=" + next : null;
        }

        var lost = publishers.SelectMany(p => p.AcknowledgedBad).Where(bad => !kept.Exists(k => k.EndsWith("\"" + bad, StringComparison.Ordinal))).ToList();
        if (lost.Count > 0)
        {
            faults.Add($"{lost.Count} acknowledged messages that nobody can decode are not in quarantine: {string.Join(' ', lost.Take(5))}");
        }

        if (kept.Count != ledger.Long("quarantined"))
        {
            faults.Add($"The quarantine holds {kept.Count}, the ledger says {ledger.Long("quarantined")}.");
        }

        return faults;
    }

    /// <summary>The account is the same after an ordinary stop and start.</summary>
    private static async Task<List<string>> CheckRestartAsync(TorturedPlatform platform, JsonElement before)
    {
        var faults = new List<string>();
        int code = await platform.StopAsync();
        await platform.StartAsync(() => false);
        var after = await platform.QuietAsync(_ => true);
        string[] names = ["received", "stored", "duplicate", "quarantined", "waiting", "unaccounted"];
        faults.AddRange(names.Where(name => before.Long(name) != after.Long(name)).Select(name => $"Ledger {name}: {before.Long(name)} before the last stop, {after.Long(name)} after it."));
        int last = await platform.StopAsync();
        if (code != 0 || last != 0)
        {
            faults.Add($"Ctrl+C ended with exit codes {code} and {last}.");
        }

        return faults;
    }

    private static void Say(string? text)
    {
        if (text is not null)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(text);
            Console.WriteLine(text);
        }
    }
}
