using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Storage.Outbox;
using Alatau.Iot.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Storage.Tests.Outbox;

/// <summary>Whatever is spilled comes back once, in order, whole, by name; also after kills, with other handles, and around damage.</summary>
public sealed class HistoryOutboxProperties
{
    [Fact]
    public void TryRead_AnyBatchesAndKills_GiveTheSameRowsInOrder() => Check(60, seed =>
    {
        var random = new Random(seed);
        using var folder = new TempFolder();
        var world = new World(folder.Path, random.Next(1, 40) * 4096);
        var expected = new Queue<(string Text, long Messages)>();
        for (int life = 0; life < 4; life++)
        {
            // Left without a goodbye: nothing is disposed before the next opens.
            world.Reopen(random);
            Assert.Equal(expected.Sum(e => e.Messages), world.Outbox.MessagesWaiting.Values.Sum());
            for (int step = random.Next(30); step >= 0; step--)
            {
                if (random.Next(3) > 0)
                {
                    var batch = world.RandomBatch(random);
                    Assert.True(world.Outbox.TrySpill(batch));
                    expected.Enqueue((world.Text(batch), batch.MessagesByRoute.Sum()));
                }
                else
                {
                    world.DrainInto(expected, random.Next(1, 200));
                }
            }
        }

        while (expected.Count > 0)
        {
            world.DrainInto(expected, random.Next(1, 500));
        }

        Assert.True(world.Outbox.IsEmpty);
        Assert.Empty(world.Segments);
        world.Dispose();
    });

    [Fact]
    public void Open_AnyTornTail_IsCutAndTheRestComesBack() => Check(60, seed =>
    {
        var random = new Random(seed);
        using var folder = new TempFolder();
        using var world = new World(folder.Path, 1 << 20);
        world.Reopen(random);
        var texts = new List<string>();
        for (int i = 0; i < 6; i++)
        {
            var batch = world.RandomBatch(random);
            world.Outbox.TrySpill(batch);
            texts.Add(world.Text(batch));
        }

        world.Outbox.Dispose();
        string path = world.Segments.Single();
        using (var file = new FileStream(path, FileMode.Open))
        {
            file.SetLength(file.Length - random.Next(1, 30));
        }

        world.Reopen(random);
        Assert.Equal((1L, 5L), (world.Outbox.State.TornTails, world.Outbox.State.Batches));
        Assert.Equal(texts.Take(5), world.DrainAll());
    });

    [Fact]
    public void TryRead_AnyDamagedByte_CostsOneRecordAtMostAndIsReported() => Check(80, seed =>
    {
        var random = new Random(seed);
        using var folder = new TempFolder();
        using var world = new World(folder.Path, 4096);
        world.Reopen(random);
        var texts = new List<string>();
        for (int i = 0; i < 12; i++)
        {
            var batch = world.RandomBatch(random);
            world.Outbox.TrySpill(batch);
            texts.Add(world.Text(batch));
        }

        world.Outbox.Dispose();
        string path = world.Segments[random.Next(world.Segments.Length)];
        byte[] bytes = File.ReadAllBytes(path);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(path, bytes);
        world.Reopen(random);
        var found = world.DrainAll();
        Assert.InRange(found.Count, 11, 12);
        Assert.True(world.Outbox.IsEmpty);
        if (found.Count == 11)
        {
            Assert.Equal(1, world.Outbox.State.DamagedPlaces + world.Outbox.State.TornTails);
        }

        // Those that came are right and in order.
        Assert.Equal(found, texts.Where(found.Contains));
    });

    [Fact]
    public void TrySpill_Full_RefusesAndTakesAgainAfterTheDrain()
    {
        using var folder = new TempFolder();
        using var world = new World(folder.Path, 4096, maximumBytes: 1 << 20);
        var random = new Random(1);
        world.Reopen(random);
        int taken = 0;
        while (world.Outbox.TrySpill(world.RandomBatch(random)))
        {
            taken++;
        }

        Assert.True(world.Outbox.State.IsFull);
        Assert.InRange(world.Segments.Sum(s => new FileInfo(s).Length), 900_000, 1 << 20);
        Assert.Equal(taken, world.DrainAll().Count);
        Assert.True(world.Outbox.TrySpill(world.RandomBatch(random)));
        Assert.False(world.Outbox.State.IsFull);
    }

    [Fact]
    public void TryRead_MeasurandNoProfileDeclaresAnyMore_IsRejectedWithItsNameAndTheRestComes()
    {
        using var folder = new TempFolder();
        using var world = new World(folder.Path, 1 << 20);
        world.Reopen(new Random(1), extra: true);
        var batch = new HistoryBatch();
        batch.Readings.Add(new ReadingRow(world.Handle("meter-1"), world.Measurands.Id("glow"), Quality.Good, new Instant(5), 7));
        batch.Readings.Add(new ReadingRow(world.Handle("meter-1"), world.Measurands.Id("activePower"), Quality.Good, new Instant(5), 8));
        world.Outbox.TrySpill(batch);
        world.Reopen(new Random(1));
        var chunk = new OutboxChunk();
        Assert.True(world.Outbox.TryRead(chunk, 100));
        Assert.Equal(8, Assert.Single(chunk.Rows.Readings).Value);
        Assert.StartsWith("gate/meter-1 glow=7", Assert.Single(chunk.Rejected).Line, StringComparison.Ordinal);
    }

    [Fact]
    public void TrySpill_Warm_AllocatesNothingForARow()
    {
        using var folder = new TempFolder();
        using var world = new World(folder.Path, 1 << 30);
        world.Reopen(new Random(1));
        var batch = new HistoryBatch();
        for (int i = 0; i < 5000; i++)
        {
            batch.Readings.Add(new ReadingRow(world.Handle("meter-1"), new MeasurandId(0), Quality.Good, new Instant(i), i));
        }

        world.Outbox.TrySpill(batch);
        world.Outbox.TrySpill(batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            world.Outbox.TrySpill(batch);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 20, 0, 2000);
    }

    private static void Check(int runs, Action<int> run) => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), run).Check(Config.QuickThrowOnFailure.WithMaxTest(runs).WithQuietOnSuccess(true));

    private sealed class World(string folder, long segmentBytes, long maximumBytes = 1L << 33) : IDisposable
    {
        private readonly List<HistoryOutbox> _left = [];
        private Ledger _ledger = new();
        private AssetDirectory _assets = new();

        public MeasurandCatalog Measurands { get; private set; } = new();

        public HistoryOutbox Outbox => _left[^1];

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
            string[] routes = ["mqtt", "http", "bridge ж"];
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
}
