using System.Globalization;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Load;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>The database is killed and stays away for a million messages: memory stays, nothing is lost, and what waited on disk follows beside live data. By hand, since it takes minutes: <c>tests/README.md</c>.</summary>
public sealed class AbsenceTests
{
    private const string Database = "telemetry";
    private const int Assets = 1000;
    private const double MostGrowth = 1.10;
    private const double CatchUp = 4;
    private static readonly TimeSpan s_sample = TimeSpan.FromSeconds(1);

    [Fact(Explicit = true)]
    public async Task Influx_AwayForAMillionMessages_MemoryStaysAndCatchUpIsFourTimesLive()
    {
        Assert.SkipWhen(InfluxDatabase.Missing is not null, InfluxDatabase.Missing ?? "");
        double rate = Number("ALATAU_TORTURE_RATE", 5000);
        long away = (long)Number("ALATAU_TORTURE_MESSAGES", 1_000_000);
        await using var database = await InfluxDatabase.StartAsync();
        await using var platform = await AlatauProcess.StartAsync("run",
        [
            "--set", "Ingest:AutoRegister=true", "--set", "Recovery:Journal=true", "--set", "Recovery:CheckpointInterval=00:00:10",
            "--set", "Storage:Provider=influx", "--set", $"Storage:Influx:Url={database.Uri}", "--set", $"Storage:Influx:Database={Database}",
        ]);
        var load = new Loads(platform.MqttPort, rate);

        // As long as it takes to be warm: every asset known, checkpoints taken, the first collections done.
        await load.RunAsync((long)(rate * 90));
        var before = await MemoryWhileAsync(platform.Id, load.RunAsync((long)(rate * 20)));
        await database.KillAsync();
        var during = await MemoryWhileAsync(platform.Id, load.RunAsync(away));
        double waiting = await platform.MetricAsync("alatau_outbox_messages");
        double bytes = await platform.MetricAsync("alatau_outbox_bytes");

        var live = load.RunAsync((long)(rate * 45));
        await database.RestartAsync();
        await platform.UntilMetricAsync("alatau_outbox_drained_rows_total", rows => rows > 0);
        long began = TimeProvider.System.GetTimestamp();
        double drainedBefore = waiting - await platform.MetricAsync("alatau_outbox_messages");
        double left = 1;
        while (left > 0 && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(3))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            left = await platform.MetricAsync("alatau_outbox_batches");
        }

        var took = TimeProvider.System.GetElapsedTime(began);
        bool isLiveStill = !live.IsCompleted;
        await live;
        var ledger = await platform.QuietLedgerAsync();
        var row = Assert.Single(await database.QueryAsync(Database, "SELECT count(\"activePower\") AS n, sum(\"activePower\") AS s FROM \"reading\" WHERE \"site\" = 'bench'"));
        double caughtUp = (waiting - drainedBefore) / took.TotalSeconds;
        string report = string.Create(
            CultureInfo.InvariantCulture,
            $"InfluxDB away for {away:N0} messages at {load.LiveRate:N0}/s live ({rate:N0}/s asked): memory {before.Median / 1e6:F1} MB before (most {before.Most / 1e6:F1}), {during.Median / 1e6:F1} MB during (most {during.Most / 1e6:F1}), {((double)during.Median / before.Median * 100) - 100:F1} %; {waiting:N0} messages in {bytes / 1e6:N0} MB waited; caught up {caughtUp:N0}/s beside live load in {took.TotalSeconds:F1} s, {caughtUp / rate:F1} times live (live load ran all the time: {isLiveStill}); published {load.Sent:N0}, stored {row["n"].GetDouble():N0}.");
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        Console.WriteLine(report);
        Assert.Equal(load.Sent, ledger.Long("stored"));
        Assert.Equal(load.Sent, (long)row["n"].GetDouble());
        Assert.Equal(load.PowerSum, row["s"].GetDouble(), load.PowerSum * 1e-9);
        Assert.True(during.Median <= before.Median * MostGrowth, report);
        Assert.True(left == 0 && caughtUp >= CatchUp * rate, report);
    }

    private static double Number(string variable, double otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Resident bytes of a process, sampled every second while something lasts.</summary>
    private static async Task<(long Median, long Most)> MemoryWhileAsync(int process, Task work)
    {
        var samples = new List<long>();
        do
        {
            string line = (await File.ReadAllLinesAsync($"/proc/{process}/status")).First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            samples.Add(long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);
            await Task.WhenAny(work, Task.Delay(s_sample, TimeProvider.System));
        }
        while (!work.IsCompleted);
        await work;
        samples.Sort();
        return (samples[samples.Count / 2], samples[^1]);
    }

    /// <summary>One load after the other, each later in event time than the one before.</summary>
    private sealed class Loads(int port, double rate)
    {
        private Instant _at = Instant.From(TimeProvider.System.GetUtcNow().AddDays(-2));

        public long Sent { get; private set; }

        public double PowerSum { get; private set; }

        /// <summary>Of the last load.</summary>
        public double LiveRate { get; private set; }

        public Task RunAsync(long messages) => Task.Run(() =>
        {
            messages = messages / Assets * Assets;
            var options = new LoadOptions { Port = port, Publishers = 2, Assets = Assets, Messages = messages, QoS = 1, InFlight = 1000, Rate = rate, Start = _at };
            _at += TimeSpan.FromSeconds((messages / Assets) + 3600);
            var result = LoadGenerator.Run(options, TimeProvider.System, CancellationToken.None);
            Assert.Equal(messages, result.Acknowledged);
            (Sent, PowerSum, LiveRate) = (Sent + result.Sent, PowerSum + result.PowerSumWatts, result.MessagesPerSecond);
        });
    }
}
