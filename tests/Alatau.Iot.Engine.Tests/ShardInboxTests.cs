using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Testing;
using FsCheck.Fluent;
using FsCheck;

namespace Alatau.Iot.Engine.Tests;

public sealed class ShardInboxTests
{
    private const int Bytes = 64 << 10;

    [Fact]
    public void PostAndTake_AnySizesInAnyRhythm_IsAQueueThatLosesNothing() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var inbox = new ShardInbox(Bytes);
        var reader = new Reader();
        var model = new Queue<(int Asset, long ReceivedAt, byte Route, long Position, Reading[] Readings)>();
        for (int step = 0; step < 400; step++)
        {
            int count = random.Next(10) == 0 ? random.Next(300, 5000) : random.Next(1, 60);
            var readings = Enumerable.Range(0, count).Select(_ => Any(random)).ToArray();
            var item = (random.Next(), random.NextInt64(), (byte)random.Next(16), random.NextInt64(), readings);
            if (inbox.TryPost(new ReadingBatch(new AssetHandle(item.Item1), new Instant(item.Item2), item.Item3, item.Item4, readings)))
            {
                model.Enqueue(item);
            }
            else
            {
                Assert.True(inbox.Used > 0, "Only a ring that holds something may refuse.");
            }

            if (random.Next(3) == 0)
            {
                reader.Taken.Clear();
                inbox.Take(reader, random.Next(1, 20));
                foreach (var taken in reader.Taken)
                {
                    var expected = model.Dequeue();
                    Assert.Equal((expected.Asset, expected.ReceivedAt, expected.Route, expected.Position), (taken.Asset, taken.ReceivedAt, taken.Route, taken.Position));
                    Assert.Equal(expected.Readings, taken.Readings);
                }
            }
        }

        while (inbox.Take(reader, 100) > 0)
        {
        }

        Assert.Equal(0, inbox.Used);
        Assert.Equal(inbox.Head, inbox.Tail);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(50).WithQuietOnSuccess(true));

    [Fact]
    public void TryPost_BatchLargerThanTheWholeInbox_IsTakenWhenNothingElseWaits()
    {
        var inbox = new ShardInbox(Bytes);
        var readings = new Reading[20_000];
        Assert.True(inbox.TryPost(new ReadingBatch(default, default, 0, 0, readings)));
        Assert.False(inbox.TryPost(new ReadingBatch(default, default, 0, 0, readings)));
        var reader = new Reader();

        inbox.Take(reader, 10);

        Assert.Equal(20_000, Assert.Single(reader.Taken).Readings.Length);
        Assert.True(inbox.TryPost(new ReadingBatch(default, default, 0, 0, readings)));
    }

    [Fact]
    public void Close_ThenPost_IsRefusedAndWhatWasTakenStays()
    {
        var inbox = new ShardInbox(Bytes);
        inbox.TryPost(new ReadingBatch(new AssetHandle(5), default, 0, 0, new Reading[1]));
        inbox.Close();

        Assert.False(inbox.TryPost(new ReadingBatch(default, default, 0, 0, new Reading[1])));
        var reader = new Reader();
        inbox.Take(reader, 10);
        Assert.Equal(5, Assert.Single(reader.Taken).Asset);
    }

    [Fact]
    public void Post_ManyThreads_EachBatchArrivesWholeAndInItsThreadsOrder()
    {
        const int threads = 4;
        const int each = 20_000;
        var inbox = new ShardInbox(Bytes);
        var reader = new Reader { KeepReadings = false };
        var posters = Enumerable.Range(0, threads).Select(t => new Thread(() =>
        {
            var random = new Random(t);
            var readings = new Reading[9];
            for (int i = 1; i <= each; i++)
            {
                int count = random.Next(1, 10);
                Array.Fill(readings, new Reading(new Instant(i), i, (uint)t, default, Quality.Good, ReadingOrigin.None), 0, count);
                while (!inbox.TryPost(new ReadingBatch(new AssetHandle(t), new Instant(i), (byte)t, i, readings.AsSpan(0, count))))
                {
                    Thread.Yield();
                }
            }
        })).ToList();
        posters.ForEach(p => p.Start());
        int taken = 0;
        while (taken < threads * each)
        {
            taken += inbox.Take(reader, 100);
        }

        posters.ForEach(p => p.Join());
        Assert.Equal(threads * each, taken);
        for (int t = 0; t < threads; t++)
        {
            Assert.Equal(Enumerable.Range(1, each).Select(i => (long)i), reader.Taken.Where(b => b.Asset == t).Select(b => b.Position));
        }

        Assert.True(reader.AllWhole);
        Assert.Equal(reader.Taken.Select(b => b.Asset), reader.Announced);
    }

    [Fact]
    public void PostAndTake_SteadyState_AllocatesNothing()
    {
        var inbox = new ShardInbox(Bytes);
        var reader = new CountingReader();
        var readings = new Reading[6];
        Pump(inbox, reader, readings, 1000);

        int pumped = 1000;
        Assert.Equal(0, Allocations.LeastOf(() =>
        {
            Pump(inbox, reader, readings, 100_000);
            pumped += 100_000;
        }));
        Assert.Equal(pumped * 6, reader.Readings);
    }

    private static void Pump(ShardInbox inbox, CountingReader reader, Reading[] readings, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(inbox.TryPost(new ReadingBatch(new AssetHandle(i), default, 0, i, readings)));
            if (i % 50 == 49)
            {
                inbox.Take(reader, 100);
            }
        }

        inbox.Take(reader, 100);
    }

    [Fact]
    public void Take_CommandNotReleased_StopsBeforeItAndGoesOnInOrderAfterwards()
    {
        var inbox = new ShardInbox(Bytes);
        var reader = new Reader();
        var release = new TaskCompletionSource();
        var batch = new ReadingBatch(new AssetHandle(1), default, 0, 7, new Reading[1]);
        Assert.True(inbox.TryPost(batch));
        Assert.True(inbox.TryPost(new HeldCommand(Command(2), release.Task)));
        Assert.True(inbox.TryPost(batch));

        Assert.Equal((1, true), (inbox.Take(reader, 10), inbox.IsHeld));
        Assert.Equal((0, true), (inbox.Take(reader, 10), inbox.IsHeld));
        release.SetResult();
        Assert.Equal((2, false), (inbox.Take(reader, 10), inbox.IsHeld));

        Assert.Equal([1, 2, 1], reader.Taken.Select(t => t.Asset));
        Assert.Equal(2, Assert.Single(reader.Held).Asset);
        Assert.Equal(0, inbox.Used);
    }

    [Fact]
    public void Take_InboxClosed_HandsOutAlsoWhatWasNeverReleased()
    {
        var inbox = new ShardInbox(Bytes);
        var reader = new Reader();
        Assert.True(inbox.TryPost(new HeldCommand(Command(2), new TaskCompletionSource().Task)));
        inbox.Close();

        Assert.Equal(1, inbox.Take(reader, 10));
        Assert.False(Assert.Single(reader.Held).IsReleased);
        Assert.False(inbox.TryPost(new HeldCommand(Command(2), Task.CompletedTask)));
    }

    private static AlarmCommand Command(int asset) => new(new AssetHandle(asset), "voltage-high", AlarmAction.Acknowledge, default, "aigerim", "");

    private static Reading Any(Random random) =>
        new(new Instant(random.NextInt64()), random.NextDouble(), (uint)random.Next(), new MeasurandId((ushort)random.Next(400)), (Quality)random.Next(4), (ReadingOrigin)random.Next(8));

    private sealed class Reader : IInboxReader
    {
        public bool KeepReadings { get; init; } = true;

        public bool AllWhole { get; private set; } = true;

        public List<(int Asset, long ReceivedAt, byte Route, long Position, Reading[] Readings)> Taken { get; } = [];

        public List<int> Announced { get; } = [];

        public void OnAhead(ReadOnlySpan<AssetHandle> assets)
        {
            foreach (var asset in assets)
            {
                Announced.Add(asset.Index);
            }
        }

        public List<HeldStep> Held { get; } = [];

        public void OnHeld(HeldStep step)
        {
            Held.Add(step);
            Taken.Add((step.Asset, 0, 0, -1, []));
        }

        public void OnBatch(in ReadingBatch batch)
        {
            foreach (var reading in batch.Readings)
            {
                AllWhole &= KeepReadings || (reading.Value == batch.Position && reading.Sequence == batch.Asset.Index);
            }

            Taken.Add((batch.Asset.Index, batch.ReceivedAt.UnixMilliseconds, batch.Route, batch.Position, KeepReadings ? batch.Readings.ToArray() : []));
        }
    }

    private sealed class CountingReader : IInboxReader
    {
        public int Readings { get; private set; }

        public void OnAhead(ReadOnlySpan<AssetHandle> assets)
        {
        }

        public void OnBatch(in ReadingBatch batch) => Readings += batch.Readings.Length;

        public void OnHeld(HeldStep step) => throw new InvalidOperationException("Nobody posted a command.");
    }
}
