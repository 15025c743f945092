using System.Globalization;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>How long and by which seed; short unless the environment says otherwise.</summary>
/// <param name="Seconds">ALATAU_TORTURE_SECONDS: how long the faults last.</param>
/// <param name="Seed">ALATAU_TORTURE_SEED.</param>
/// <param name="PerSecond">ALATAU_TORTURE_RATE: messages a second of all publishers together.</param>
internal sealed record TortureSettings(double Seconds, int Seed, double PerSecond)
{
    private const double ShortSeconds = 12;
    private const double Rate = 1000;

    /// <param name="seed">Without one in the environment.</param>
    public static TortureSettings Read(int seed) => new(
        double.Parse(Of("ALATAU_TORTURE_SECONDS") ?? ShortSeconds.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        int.Parse(Of("ALATAU_TORTURE_SEED") ?? seed.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        double.Parse(Of("ALATAU_TORTURE_RATE") ?? Rate.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    /// <summary>The platform's settings of this seed: small bounds, so that every one of them is met.</summary>
    public IEnumerable<string> Options(Uri? influx, string database)
    {
        var random = new Random(Seed);
        (string, string)[] all =
        [
            ("Ingest:AutoRegister", "true"),
            ("Recovery:Journal", "true"),
            ("Recovery:CheckpointInterval", "00:00:01"),
            ("Ingest:Journal:SegmentBytes", Pick("65536", "1048576", "8388608")),
            ("Ingest:Journal:ZeroAhead", Pick("true", "false")),
            ("Storage:Outbox:SegmentBytes", Pick("65536", "1048576")),
            ("Storage:Outbox:MemoryBatches", Pick("1", "4", "32")),
            ("Storage:Outbox:DrainRows", Pick("500", "5000", "20000")),
            ("Storage:Outbox:PatienceMilliseconds", Pick("50", "1000")),
            ("Storage:Recording:BatchRows", Pick("200", "5000")),
            ("Storage:Recording:FirstPauseMilliseconds", "50"),
            ("Storage:Recording:LongestPauseMilliseconds", "500"),
            ("Engine:Shards", Pick("1", "2", "3")),
        ];
        (string, string)[] store = influx is null ? [("Storage:Provider", "sqlite")] :
        [
            ("Storage:Provider", "influx"),
            ("Storage:Influx:Url", influx.ToString()),
            ("Storage:Influx:Database", database),
            ("Storage:Influx:LinesPerRequest", Pick("200", "5000")),
            ("Storage:Influx:ConnectMilliseconds", "1000"),
            ("Storage:Influx:WriteMilliseconds", "1500"),
            ("Storage:Influx:QueryMilliseconds", "1500"),
        ];
        return all.Concat(store).SelectMany(setting => (string[])["--set", $"{setting.Item1}={setting.Item2}"]);

        string Pick(params string[] values) => values[random.Next(values.Length)];
    }

    private static string? Of(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
