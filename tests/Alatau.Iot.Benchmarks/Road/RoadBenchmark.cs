using System.Globalization;
using Alatau.Iot.Benchmarks.Reporting;

namespace Alatau.Iot.Benchmarks.Road;

/// <summary>mosquitto and the platform side by side: one load, servers taking turns, each run with a fresh process that was warmed up.</summary>
internal static class RoadBenchmark
{
    private const int DefaultAssets = 1000;

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        int assets = options.Assets ?? DefaultAssets;
        var servers = RoadServer.All.Where(s => options.Only.Count == 0 || options.Only.Any(o => s.Name.Contains(o, StringComparison.OrdinalIgnoreCase))).ToList();
        foreach (int qos in options.QoS)
        {
            int publishers = qos == 0 ? options.Publishers : options.PublishersAtQoS1;
            await report.SectionAsync(
                string.Create(CultureInfo.InvariantCulture, $"Road, QoS {qos}"),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{options.Messages:N0} messages of six measurands in native JSON ({options.Messages / 4:N0} into a store), {assets:N0} assets, {publishers} publishers{(qos == 0 ? "" : " with 1,000 in flight each")}, {options.Rounds} rounds. Median (least to most)."));
            var runs = servers.ToDictionary(s => s, _ => new List<RoadFigures>());
            for (int round = 1; round <= options.Rounds; round++)
            {
                foreach (var server in servers)
                {
                    var figures = await RoadRun.MeasureAsync(options, server, qos, assets);
                    runs[server].Add(figures);
                    report.Progress(string.Create(
                        CultureInfo.InvariantCulture,
                        $"QoS {qos} round {round} {server.Name,-40} {figures.Rate,10:N0}/s  cpu/M {figures.ServerCpu:F2} s  load {figures.ClientCpu:F2} s  {figures.HighWaterBytes / 1e6:F0} MB  {Figures.Of(figures.AllocatedBytes, 1)} B/msg{(figures.Lost > 0 ? $"  LOST {figures.Lost:N0}" : "")}"));
                }
            }

            Print(report, servers, runs);
        }
    }

    private static void Print(Report report, List<RoadServer> servers, Dictionary<RoadServer, List<RoadFigures>> runs)
    {
        double relay = runs.TryGetValue(RoadServer.Relay, out var relayed) ? Figures.Median(Whole(relayed).Select(r => r.Rate)) : double.NaN;
        report.Table(
            ["server", "messages/s", "to relay", "server CPU s/million", "database CPU s/million", "load CPU s/million", "most memory MB", "allocated B/message", "lost"],
            servers.Select(server =>
            {
                var whole = Whole(runs[server]).ToList();
                double rate = Figures.Median(whole.Select(r => r.Rate));
                string spread = whole.Count > 0 ? $" ({Figures.Whole(whole.Min(r => r.Rate))} to {Figures.Whole(whole.Max(r => r.Rate))})" : "no run without loss";
                return (IReadOnlyList<string>)
                [
                    server.Name,
                    whole.Count > 0 ? Figures.Whole(rate) + spread : spread,
                    Figures.Of(rate / relay, 2),
                    Figures.Of(Figures.Median(whole.Select(r => r.ServerCpu)), 2),
                    Figures.Of(Figures.Median(whole.Select(r => r.DatabaseCpu)), 2),
                    Figures.Of(Figures.Median(whole.Select(r => r.ClientCpu)), 2),
                    Figures.Megabytes(whole.Count > 0 ? whole.Max(r => r.HighWaterBytes) : double.NaN),
                    Figures.Of(Figures.Median(whole.Select(r => r.AllocatedBytes)), 1),
                    string.Join(", ", runs[server].Select(r => Figures.Whole(r.Lost))),
                ];
            }));
    }

    private static IEnumerable<RoadFigures> Whole(IEnumerable<RoadFigures> runs) => runs.Where(r => r.Lost == 0);
}
