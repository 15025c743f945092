using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Checksums;
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
        var world = new OutboxWorld(folder.Path, random.Next(1, 40) * 4096);
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
        using var world = new OutboxWorld(folder.Path, 1 << 20);
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
        using var world = new OutboxWorld(folder.Path, 4096);
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
    public void TryRead_AnyDamagesAndKills_EveryMessageIsStoredWaitingOrLostByRoute() => Check(150, seed =>
    {
        var random = new Random(seed);
        using var folder = new TempFolder();
        using var world = new OutboxWorld(folder.Path, random.Next(1, 6) * 4096);
        world.Reopen(random);
        var batches = new Dictionary<string, Dictionary<string, long>>(StringComparer.Ordinal);
        var stored = new HashSet<string>(StringComparer.Ordinal);
        void Spill(int count)
        {
            for (; count > 0; count--)
            {
                var batch = world.RandomBatch(random);
                Assert.True(world.Outbox.TrySpill(batch));
                batches.Add(world.Text(batch), world.MessagesOf(batch));
            }
        }

        // What a start makes of a checkpoint that called all of them stored.
        void CheckAccount()
        {
            foreach (string route in OutboxWorld.Routes)
            {
                long decided = batches.Values.Sum(b => b[route]);
                long restored = decided - world.Outbox.MessagesWaiting.GetValueOrDefault(route) - world.Outbox.LostMessages.GetValueOrDefault(route);
                Assert.Equal(stored.Sum(text => batches[text][route]), restored);
            }
        }

        bool Drain()
        {
            var chunk = new OutboxChunk();
            if (!world.Outbox.TryRead(chunk, 1))
            {
                return false;
            }

            if (chunk.Rows.Count > 0)
            {
                stored.Add(world.Text(chunk.Rows));
            }

            world.Outbox.Acknowledge(chunk);
            return true;
        }

        Spill(random.Next(1, 12));
        world.Outbox.Sync();
        for (int drained = random.Next(4); drained > 0; drained--)
        {
            Drain();
        }

        bool isKilled = random.Next(2) == 0;
        for (int damages = random.Next(4); damages > 0 && world.Segments.Length > 0; damages--)
        {
            Spoil(world.Segments[random.Next(world.Segments.Length)], random, mayGo: isKilled);
        }

        if (isKilled)
        {
            world.Reopen(random);
            CheckAccount();
        }

        Spill(random.Next(3));
        CheckAccount();
        while (Drain())
        {
            CheckAccount();
            if (random.Next(6) == 0)
            {
                world.Reopen(random);
                CheckAccount();
            }
        }

        Assert.Equal(0, world.Outbox.MessagesWaiting.Values.Sum());
        world.Reopen(random);
        Assert.True(world.Outbox.IsEmpty);
        CheckAccount();
    });

    [Fact]
    public void Open_CursorOfBeforeLossesWereCounted_GoesOnWhereItStood()
    {
        using var folder = new TempFolder();
        using var world = new OutboxWorld(folder.Path, 1 << 20);
        var random = new Random(3);
        world.Reopen(random);
        world.Outbox.TrySpill(world.RandomBatch(random));
        world.Outbox.TrySpill(world.RandomBatch(random));
        byte[] bytes = new byte[12];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(bytes, 2);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Crc32C.Of(bytes.AsSpan(0, 8)));
        File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(world.Segments[0])!, "cursor"), bytes);
        world.Reopen(random);
        Assert.Equal((1L, 0L), (world.Outbox.State.Batches, world.Outbox.LostMessages.Values.Sum()));
    }

    private static void Spoil(string path, Random random, bool mayGo)
    {
        switch (random.Next(mayGo ? 4 : 3))
        {
            case 0:
                Change(path, bytes => bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8)));
                break;
            case 1:
                Change(path, bytes =>
                {
                    int from = random.Next(bytes.Length);
                    bytes.AsSpan(from, Math.Min(random.Next(1, 600), bytes.Length - from)).Clear();
                });
                break;
            case 2:
                using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
                {
                    file.SetLength(random.NextInt64(1, Math.Max(2, file.Length)));
                }

                break;
            default:
                File.Delete(path);
                break;
        }
    }

    private static void Change(string path, Action<byte[]> change)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        change(bytes);
        file.Position = 0;
        file.Write(bytes);
    }

    [Fact]
    public void TrySpill_Full_RefusesAndTakesAgainAfterTheDrain()
    {
        using var folder = new TempFolder();
        using var world = new OutboxWorld(folder.Path, 4096, maximumBytes: 1 << 20);
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
        using var world = new OutboxWorld(folder.Path, 1 << 20);
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
        using var world = new OutboxWorld(folder.Path, 1 << 30);
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
}
