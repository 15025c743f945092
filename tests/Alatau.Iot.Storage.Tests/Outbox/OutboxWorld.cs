using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Storage.Outbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Storage.Tests.Outbox;

/// <summary>One outbox through several processes, each with handles, ids and routes of its own.</summary>
internal sealed class OutboxWorld(string folder, long segmentBytes, long maximumBytes = 1L << 33) : IDisposable
{
    private readonly List<HistoryOutbox> _left = [];
    private Ledger _ledger = new();
    private AssetDirectory _assets = new();

    public MeasurandCatalog Measurands { get; private set; } = new();

    public HistoryOutbox Outbox => _left[^1];

    public static string[] Routes => ["mqtt", "http", "bridge ж"];

    public string[] Segments => [.. Directory.GetFiles(Path.Combine(folder, "outbox", "sqlite"), "*.seg").Order(StringComparer.Ordinal)];

    public AssetHandle Handle(string name)
    {
        Assert.True(_assets.TryRegister(new Asset(AssetId.Of("gate", name), name, AssetKind.Meter), out var handle));
        return handle;
    }

    /// <summary>A new process: handles, ids and routes are given anew, in another order.</summary>
    public void Reopen(Random random, bool extra = false)
    {
        (_ledger, _assets) = (new Ledger(), new AssetDirectory());
        Measurands = new MeasurandCatalog(extra ? [new Measurand(default, "glow", "1", MeasurandKind.Gauge, 0, 9, "Glow.")] : []);
        string[] routes = Routes;
        random.Shuffle(routes);
        foreach (string route in routes)
        {
            _ledger.Route(route);
        }

        foreach (int meter in Enumerable.Range(0, 20).OrderBy(_ => random.Next()))
        {
            Handle($"meter-{meter}");
        }

        _left.Add(HistoryOutbox.Open(new OutboxOptions { SegmentBytes = segmentBytes, MaximumBytes = maximumBytes }, folder, "sqlite", _assets, Measurands, _ledger, TimeProvider.System, NullLogger<HistoryOutbox>.Instance));
    }

    public HistoryBatch RandomBatch(Random random)
    {
        var batch = new HistoryBatch();
        for (int i = random.Next(1, 60); i > 0; i--)
        {
            batch.Readings.Add(new ReadingRow(new AssetHandle(random.Next(20)), new MeasurandId((ushort)random.Next(Measurands.Count)), (Quality)random.Next(4), new Instant(random.NextInt64(-9_000_000, 1L << 42)), random.NextDouble() * 1e6));
        }

        for (int i = random.Next(10); i > 0; i--)
        {
            var summary = new WindowSummary(random.Next(), random.NextDouble(), random.NextDouble(), random.NextDouble(), -0.0, random.NextDouble(), random.Next(2) == 0 ? float.NaN : 0.5f, (ushort)random.Next(65536), (Quality)random.Next(4));
            batch.Windows.Add(new WindowRow(new AssetHandle(random.Next(20)), new WindowUpdate(new MeasurandId((ushort)random.Next(Measurands.Count)), Window.Holding(new Instant(random.NextInt64(1L << 42)), (WindowSpan)random.Next(3)), summary)));
        }

        for (int i = random.Next(3); i > 0; i--)
        {
            batch.Transitions.Add(new AlarmTransition($"a:{random.Next()}", AssetId.Of("gate", "meter-1"), "r", "Title «ж»", AlarmSeverity.High, (AlarmState)random.Next(7), (AlarmState)random.Next(7), new Instant(random.Next()), new Instant(random.Next()), random.Next(2) == 0 ? null : random.NextDouble(), "platform", "why\nnot"));
        }

        for (int route = 0; route < 3; route++)
        {
            batch.MessagesByRoute[route] = random.Next(5);
        }

        return batch;
    }

    public Dictionary<string, long> MessagesOf(HistoryBatch batch) => Routes.ToDictionary(route => route, route => batch.MessagesByRoute[_ledger.Route(route)], StringComparer.Ordinal);

    /// <summary>Everything in a batch, by names.</summary>
    public string Text(HistoryBatch batch) => string.Join('\n', [
        .. batch.Readings.Select(r => $"{_assets[r.Asset].Id} {Measurands[r.Measurand].Name} {r.Quality} {r.MeasuredAt.UnixMilliseconds} {r.Value:R}"),
        .. batch.Windows.Select(w => $"{_assets[w.Asset].Id} {Measurands[w.Update.Measurand].Name} {w.Update.Window} {w.Update.Summary}"),
        .. batch.Transitions.Select(t => t.ToString())]);

    /// <summary>Drains a chunk and holds it against what was spilled.</summary>
    public void DrainInto(Queue<(string Text, long Messages)> expected, int rows)
    {
        var chunk = new OutboxChunk();
        if (!Outbox.TryRead(chunk, rows))
        {
            Assert.Empty(expected);
            return;
        }

        var parts = Enumerable.Range(0, chunk.Records).Select(_ => expected.Dequeue()).ToList();
        Assert.Equal(Lines(parts.Select(p => p.Text)), Lines([Text(chunk.Rows)]));
        Assert.Equal(parts.Sum(p => p.Messages), chunk.Messages.Values.Sum());
        Outbox.Acknowledge(chunk);
    }

    public List<string> DrainAll()
    {
        var found = new List<string>();
        var chunk = new OutboxChunk();
        while (Outbox.TryRead(chunk, 1))
        {
            if (chunk.Rows.Count > 0)
            {
                found.Add(Text(chunk.Rows));
            }

            Outbox.Acknowledge(chunk);
        }

        return found;
    }

    public void Dispose() => _left.ForEach(outbox => outbox.Dispose());

    private static List<string> Lines(IEnumerable<string> texts) => [.. texts.SelectMany(text => text.Split('\n')).Where(line => line.Length > 0).Order(StringComparer.Ordinal)];
}
