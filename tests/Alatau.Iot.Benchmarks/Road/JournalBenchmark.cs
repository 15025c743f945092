using System.Globalization;
using Alatau.Iot.Benchmarks.Reporting;

namespace Alatau.Iot.Benchmarks.Road;

/// <summary>What the journal costs: processor time of a message with and without it, as fast as it goes and at half of what goes with it, where both carry the same load.</summary>
internal static class JournalBenchmark
{
    private const int DefaultAssets = 1000;
    private const int QoS = 1;

    private static readonly RoadServer s_without = RoadServer.All.Single(s => s is { Store: "none", IsJournaled: false });
    private static readonly RoadServer s_with = RoadServer.All.Single(s => s is { Store: "none", IsJournaled: true });

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        await report.SectionAsync(
            "Journal",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{options.Messages:N0} messages at QoS 1, {options.PublishersAtQoS1} publishers with 1,000 in flight each, store none, {options.Rounds} rounds in turn. Server CPU seconds a million, median. Target with the journal: at most 1.15 times without."));
        var (without, with) = await PairAsync(options, report);
        double half = Math.Floor(Figures.Median(with.Select(f => f.Rate)) / 2);
        var (halfWithout, halfWith) = await PairAsync(options with { Rate = half }, report);
        report.Table(
            ["load", "messages/s without", "messages/s with", "CPU without", "CPU with", "ratio"],
            [Row("as fast as it goes", without, with), Row("half of that with the journal", halfWithout, halfWith)]);
    }

    private static async Task<(List<RoadFigures> Without, List<RoadFigures> With)> PairAsync(BenchOptions options, Report report)
    {
        var (without, with) = (new List<RoadFigures>(), new List<RoadFigures>());
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (var (server, into) in new[] { (s_without, without), (s_with, with) })
            {
                var figures = await RoadRun.MeasureAsync(options, server, QoS, options.Assets ?? DefaultAssets);
                into.Add(figures);
                report.Progress(string.Create(CultureInfo.InvariantCulture, $"journal round {round} {server.Name,-40} {figures.Rate,10:N0}/s  cpu/M {figures.ServerCpu:F2} s"));
            }
        }

        return (without, with);
    }

    private static IReadOnlyList<string> Row(string load, List<RoadFigures> without, List<RoadFigures> with)
    {
        double before = Figures.Median(without.Select(f => f.ServerCpu));
        double after = Figures.Median(with.Select(f => f.ServerCpu));
        return
        [
            load, Figures.Whole(Figures.Median(without.Select(f => f.Rate))), Figures.Whole(Figures.Median(with.Select(f => f.Rate))), Figures.Of(before, 2), Figures.Of(after, 2), Figures.Of(after / before, 2),
        ];
    }
}
