using System.Globalization;
using Alatau.Iot.Benchmarks.Reporting;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Engine;
using Alatau.Iot.Storage.Corrections;
using Alatau.Iot.Storage.Recording;
using Alatau.Iot.Storage.Sqlite;
using Alatau.Iot.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Benchmarks.Assets;

/// <summary>Late readings into closed windows: an hour's backlog of every asset, stored and corrected in the embedded store.</summary>
internal static class CorrectionsBenchmark
{
    private const int DefaultAssets = 1_000;
    private const double Target = 100_000;
    private static readonly string[] s_measurands = ["activePower", "voltage", "current", "frequency", "energyImport", "energyExport"];

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        int assets = options.Assets ?? DefaultAssets;
        await report.SectionAsync(
            "Corrections",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{assets:N0} assets with 6 measurands (two of them counters) were away for an hour and send it after newer readings, asset by asset; engine, recorder and SQLite in this process. Time from the first late reading until every corrected window is stored. Target: {Target:N0} late readings a second."));
        var rows = new List<IReadOnlyList<string>>();
        foreach (int interval in (int[])[10, 60])
        {
            for (int round = 1; round <= options.Rounds; round++)
            {
                var (readings, seconds, windows, waits) = await MeasureAsync(assets, interval);
                rows.Add([string.Create(CultureInfo.InvariantCulture, $"{interval} s, round {round}"), Figures.Whole(readings), Figures.Whole(readings / seconds), Figures.Whole(windows), Figures.Whole(windows / seconds), Figures.Whole(waits)]);
                report.Progress(string.Create(CultureInfo.InvariantCulture, $"corrections every {interval} s round {round}: {readings:N0} late readings in {seconds:F1} s, {readings / seconds:N0}/s, {windows:N0} windows"));
            }
        }

        report.Table(["reporting interval", "late readings", "late readings/s", "windows corrected", "windows/s", "waits of shards"], rows);
    }

    private static async Task<(long Readings, double Seconds, long Windows, long Waits)> MeasureAsync(int assets, int interval)
    {
        using var folder = new TempFolder();
        var catalog = new MeasurandCatalog();
        var directory = new AssetDirectory();
        for (int i = 0; i < assets; i++)
        {
            directory.TryRegister(new Asset(AssetId.Of("bench", string.Create(CultureInfo.InvariantCulture, $"a{i}")), "a", AssetKind.Meter) { ReportingInterval = TimeSpan.FromSeconds(interval) }, out _);
        }

        var ledger = new Ledger();
        byte route = ledger.Route("bench");
        await using var store = new SqliteHistoryStore(new SqliteStoreOptions(), new RetentionOptions(), folder.Path, directory, catalog);
        await store.OpenAsync(CancellationToken.None);
        await using var recorder = new HistoryRecorder(store, ledger, new RecordingOptions(), Environment.ProcessorCount, folder.Path, TimeProvider.System, new Random(1), NullLogger<HistoryRecorder>.Instance);
        recorder.Start();
        using var marks = CorrectionMarks.Open(folder.Path, directory, catalog, TimeProvider.System, NullLogger<CorrectionMarks>.Instance);
        await using var engine = new AssetEngine(catalog, directory, new AlarmRuleSet([], catalog), [], new ProcessorOptions(), new EngineOptions { Shards = Environment.ProcessorCount }, [recorder, marks], TimeProvider.System);
        engine.Start();
        using var loop = new CorrectionLoop(marks, store, recorder, engine, directory, catalog, new CorrectionOptions(), new RetentionOptions(), TimeProvider.System, NullLogger<CorrectionLoop>.Instance);
        var ids = s_measurands.Select(catalog.Id).ToArray();
        var start = Window.Holding(Instant.Now(TimeProvider.System) - TimeSpan.FromHours(5), WindowSpan.OneHour).Start;
        var now = start + TimeSpan.FromHours(3);
        for (int i = 0; i < assets; i++)
        {
            await PostAsync(engine, ids, route, i, start - TimeSpan.FromSeconds(1), start - TimeSpan.FromSeconds(1), -1);
            await PostAsync(engine, ids, route, i, now, now, 3600);
        }

        await engine.DrainAsync(CancellationToken.None);
        await recorder.FlushAsync(CancellationToken.None);
        await loop.StartAsync(CancellationToken.None);
        long began = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < assets; i++)
        {
            for (int at = 0; at < 3600; at += interval)
            {
                await PostAsync(engine, ids, route, i, start + TimeSpan.FromSeconds(at), now, at);
            }
        }

        await engine.DrainAsync(CancellationToken.None);
        while (marks.Waiting > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        double seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        await loop.StopAsync(CancellationToken.None);
        await CheckAsync(store, directory, ids, assets, start, interval);
        return ((long)assets * ids.Length * (3600 / interval), seconds, loop.Windows, recorder.ShardWaits);
    }

    private static async Task PostAsync(AssetEngine engine, MeasurandId[] ids, byte route, int asset, Instant measuredAt, Instant receivedAt, int at)
    {
        while (!TryPost(engine, ids, route, asset, measuredAt, receivedAt, at))
        {
            await engine.WaitForRoomAsync(new AssetHandle(asset), CancellationToken.None);
        }
    }

    private static bool TryPost(AssetEngine engine, MeasurandId[] ids, byte route, int asset, Instant measuredAt, Instant receivedAt, int at)
    {
        Span<Reading> readings = stackalloc Reading[6];
        for (int m = 0; m < ids.Length; m++)
        {
            readings[m] = new Reading(measuredAt, m >= 4 ? 100_000 + at + 1 : 50 + (at % 7), 0, ids[m], Quality.Good, ReadingOrigin.None);
        }

        return engine.TryPost(new ReadingBatch(new AssetHandle(asset), receivedAt, route, 0, readings));
    }

    private static async Task CheckAsync(SqliteHistoryStore store, AssetDirectory directory, MeasurandId[] ids, int assets, Instant start, int interval)
    {
        foreach (int asset in (int[])[0, assets / 2, assets - 1])
        {
            foreach (var span in WindowSpans.All.ToArray())
            {
                var page = await store.ReadSeriesAsync(new SeriesQuery(directory[new AssetHandle(asset)].Id, ids[4], start, start + TimeSpan.FromHours(1), span, 100), CancellationToken.None);
                long count = page.Points.Sum(p => (long)p.Summary!.Value.Count);
                double delta = page.Points.Sum(p => p.Summary!.Value.Delta);
                if (count != 3600 / interval || Math.Abs(delta - (3600 - interval + 1)) > 1e-6)
                {
                    throw new WrongResultException($"Asset {asset}, {span.ShortName()}: {count} readings with a gain of {delta} after the correction.");
                }
            }
        }
    }
}
