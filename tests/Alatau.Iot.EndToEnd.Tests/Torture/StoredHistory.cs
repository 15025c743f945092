using System.Globalization;
using System.Text.Json;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>What a store holds of one asset, read past the platform: from the database itself.</summary>
internal sealed class StoredHistory
{
    private const string SqliteScript = """
        import sqlite3, sys
        db = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True)
        for row in db.execute("select s.asset, s.measurand, r.time, r.value from reading r join series s on s.id = r.series"):
            print("r", *row)
        for row in db.execute("select s.asset, s.measurand, w.span, w.start, w.count, w.min, w.max, w.mean, w.last, w.delta from window w join series s on s.id = w.series"):
            print("w", *row)
        for row in db.execute("select alarm, asset, rule, from_state, to_state, at, value from transition"):
            print("t", *row)
        """;

    private static readonly string[] s_states = ["normal", "unacknowledged", "acknowledged", "returnedUnacknowledged", "shelved", "suppressedByDesign", "outOfService"];

    public Dictionary<string, SortedDictionary<long, double>> Readings { get; } = new(StringComparer.Ordinal) { ["activePower"] = [], ["energyImport"] = [], ["voltage"] = [] };

    public Dictionary<(string Measurand, string Span, long Start), ExpectedWindow> Windows { get; } = [];

    public List<TortureStep> Steps { get; } = [];

    /// <summary>By InfluxQL, as Grafana would.</summary>
    public static async Task<StoredHistory> ReadInfluxAsync(InfluxDatabase database, string name, string asset)
    {
        var history = new StoredHistory();
        foreach (string measurand in history.Readings.Keys)
        {
            foreach (var row in await database.QueryAsync(name, $"SELECT \"{measurand}\" FROM \"reading\" WHERE \"asset\" = '{asset}'"))
            {
                history.Readings[measurand].Add(row["time"].GetInt64(), row[measurand].GetDouble());
            }
        }

        // Each tier has a database of its own.
        foreach (var (span, _) in TortureExpectation.Spans)
        {
            foreach (var row in await database.QueryAsync($"{name}_{span}", $"SELECT \"count\", \"min\", \"max\", \"mean\", \"last\", \"delta\", \"measurand\", \"span\" FROM \"window\" WHERE \"asset\" = '{asset}'"))
            {
                history.Windows.Add(
                    (row["measurand"].GetString()!, row["span"].GetString()!, row["time"].GetInt64()),
                    Window(row["count"].GetDouble(), row["min"].GetDouble(), row["max"].GetDouble(), row["mean"].GetDouble(), row["last"].GetDouble(), row["delta"].GetDouble()));
            }
        }

        foreach (var row in await database.QueryAsync(name + "_alarms", $"SELECT \"alarmId\", \"rule\", \"fromState\", \"toState\", \"value\" FROM \"alarm\" WHERE \"asset\" = '{asset}'"))
        {
            history.Steps.Add(new TortureStep(
                row["alarmId"].GetString()!, row["rule"].GetString()!, row["fromState"].GetString()!, row["toState"].GetString()!, row["time"].GetInt64(), row["value"].ValueKind == JsonValueKind.Null ? double.NaN : row["value"].GetDouble()));
        }

        return history;
    }

    /// <summary>By Python's own SQLite, of a platform that has stopped. All assets by name.</summary>
    public static async Task<IReadOnlyDictionary<string, StoredHistory>> ReadSqliteAsync(string file)
    {
        await using var python = ProcessPeer.Start("/usr/bin/python3", ["-c", SqliteScript, file]);
        if (await python.WaitForExitAsync(TimeSpan.FromMinutes(2)) != 0)
        {
            throw new InvalidOperationException(python.Output);
        }

        var all = new Dictionary<string, StoredHistory>(StringComparer.Ordinal);
        foreach (string line in python.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] w = line.TrimEnd('\r').Split(' ');
            string asset = w[0] == "t" ? w[2] : w[1];
            if (!all.TryGetValue(asset, out var history))
            {
                all[asset] = history = new StoredHistory();
            }

            switch (w[0])
            {
                case "r":
                    if (history.Readings.TryGetValue(w[2], out var readings))
                    {
                        readings.Add(Long(w[3]), Double(w[4]));
                    }

                    break;
                case "w":
                    history.Windows.Add((w[2], TortureExpectation.Spans[Long(w[3])].Name, Long(w[4])), Window(Double(w[5]), Double(w[6]), Double(w[7]), Double(w[8]), Double(w[9]), Double(w[10])));
                    break;
                default:
                    history.Steps.Add(new TortureStep(w[1], w[3], s_states[Long(w[4])], s_states[Long(w[5])], Long(w[6]), w[7] == "None" ? double.NaN : Double(w[7])));
                    break;
            }
        }

        return all;
    }

    private static ExpectedWindow Window(double count, double minimum, double maximum, double mean, double last, double delta) => new((int)count, minimum, maximum, mean * count, last, delta);

    private static long Long(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static double Double(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
