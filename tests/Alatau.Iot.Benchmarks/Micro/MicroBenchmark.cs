using System.Globalization;
using Alatau.Iot.Benchmarks.Reporting;

namespace Alatau.Iot.Benchmarks.Micro;

/// <summary>The steps of the road one by one, in this process, each with its own check.</summary>
internal static class MicroBenchmark
{
    public static async Task RunAsync(BenchOptions options, Report report)
    {
        await report.SectionAsync("Micro", "One step at a time in one process, median of seven rounds of 0.3 s after 4 s of warm-up. A message has six measurands.");
        var rows = new List<IReadOnlyList<string>>();
        var bench = new MicroMessages(options.Seed);
        Add("native decoding, a message", DecodingCase.Run(bench));
        Add("AssetProcessor.Apply, a message", ProcessorCase.Run(bench));
        Add("engine, post to processed, a message", await EngineCase.RunAsync(bench));
        Add("SQLite, a row in batches of 12,000", await SqliteCase.RunAsync(bench));
        Add("InfluxDB lines, a row (one line a message)", LineCase.Run(bench));
        report.Table(["step", "ns", "million/s", "allocated B"], rows);
        var parts = AssetParts.Measure(bench);
        report.Paragraph("Managed heap that one self-registered asset with six measurands keeps, exact, in bytes:");
        report.Table(["part", "bytes"], [.. parts.Select(p => (IReadOnlyList<string>)[p.Part, Figures.Whole(p.Bytes)]), ["together", Figures.Whole(parts.Sum(p => p.Bytes))]]);
        report.Progress("bytes an asset: " + string.Join(", ", parts.Select(p => $"{p.Part} {Figures.Whole(p.Bytes)}")));

        void Add(string step, (double Nanoseconds, double Bytes) figures)
        {
            rows.Add([step, Figures.Of(figures.Nanoseconds, 0), Figures.Of(1000 / figures.Nanoseconds, 2), Figures.Of(figures.Bytes, 1)]);
            report.Progress(string.Create(CultureInfo.InvariantCulture, $"micro {step}: {figures.Nanoseconds:F0} ns, {figures.Bytes:F1} B"));
        }
    }
}
