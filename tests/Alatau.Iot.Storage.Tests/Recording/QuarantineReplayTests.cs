using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Storage.Recording;
using Alatau.Iot.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Storage.Tests.Recording;

/// <summary>A replay of the journal brings messages again that the quarantine holds; a person sends some of them through again.</summary>
public sealed class QuarantineReplayTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Ledger _ledger = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Add_PositionsHeldAlready_AreSkippedAlsoAfterARestart()
    {
        long[] outOfOrder = [5, 3, 9, 4, 20, 12];
        await using (var first = Open())
        {
            Add(first, outOfOrder);
            Add(first, [9, 5]);
            Assert.Equal((6, 2L), (first.Kept, first.Skipped));
            await first.MakeDurableAsync(Token);
        }

        await using var second = Open();
        Add(second, Enumerable.Range(1, 20).Select(i => (long)i));
        Assert.Equal((20, 6L, 20L), (second.Kept, second.Skipped, second.Counts[QuarantineReason.Malformed]));
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), second.List(long.MaxValue, 100).Select(m => m.Position).Order());
    }

    [Fact]
    public async Task Add_WithoutAPosition_IsNeverSkipped()
    {
        await using var quarantine = Open();
        Add(quarantine, [0, 0, 0]);
        Assert.Equal((3, 0L), (quarantine.Kept, quarantine.Skipped));
    }

    [Fact]
    public async Task Add_PositionsOfMessagesThatLeft_AreSkippedUntilReleased()
    {
        var options = new QuarantineOptions { MaximumMessages = 20, QueueMessages = 10_000 };
        await using (var first = Open(options))
        {
            Add(first, Enumerable.Range(1, 500).Select(i => (long)i));
            await first.MakeDurableAsync(Token);
        }

        await using (var second = Open(options))
        {
            Add(second, Enumerable.Range(1, 510).Select(i => (long)i));
            Assert.Equal((500L, 510L), (second.Skipped, second.Counts[QuarantineReason.Malformed]));
            second.Release(505);
            await second.MakeDurableAsync(Token);
        }

        Assert.False(File.Exists(_folder.File("quarantine/positions.log")));
        await using var third = Open(options);
        Add(third, Enumerable.Range(506, 10).Select(i => (long)i));
        Assert.Equal((5L, 515L), (third.Skipped, third.Counts[QuarantineReason.Malformed]));
    }

    [Fact]
    public async Task Add_LineWasFull_IsCountedOnceAlthoughAReplayBringsItAgain()
    {
        await using (var first = Open(new QuarantineOptions { QueueMessages = 1, MaximumMessages = 10_000 }))
        {
            Add(first, Enumerable.Range(1, 5000).Select(i => (long)i));
            Assert.True(first.Unkept > 0);
            await first.MakeDurableAsync(Token);
            Add(first, [5001]);
            await first.MakeDurableAsync(Token);
        }

        await using var second = Open();
        Add(second, Enumerable.Range(1, 5001).Select(i => (long)i));
        Assert.Equal((5001L, 5001L), (second.Skipped, second.Counts[QuarantineReason.Malformed]));
    }

    [Fact]
    public async Task MarkReplayed_Message_IsListedOnlyWhenAskedForAlsoAfterARestart()
    {
        await using (var first = Open())
        {
            Add(first, [1, 2, 3]);
            Assert.True(first.MarkReplayed(2));
            Assert.False(first.MarkReplayed(2));
            Assert.False(first.MarkReplayed(4));
            Assert.False(first.MarkReplayed(0));
            Check(first);
        }

        await using var second = Open();
        Check(second);

        static void Check(QuarantineFile quarantine)
        {
            Assert.Equal([3, 1], quarantine.List(long.MaxValue, 10).Select(m => m.Number));
            Assert.Equal([(3, false), (2, true), (1, false)], quarantine.List(long.MaxValue, 10, alsoReplayed: true).Select(m => (m.Number, m.IsReplayed)));
            Assert.Equal((1, 3), (quarantine.Replayed, quarantine.Kept));
        }
    }

#pragma warning disable VSTHRD002 // A property is a synchronous function; no context of ours could deadlock.
    [Fact]
    public void Counts_AnyCutAfterMakeDurableAndReplay_AreAsWithoutTheCut() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => RunAsync(seed).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(30).WithQuietOnSuccess(true));
#pragma warning restore VSTHRD002

    // Positions arrive shuffled within eight; at a checkpoint all up to it are durable; the quarantine is left without a goodbye and the journal replayed from an earlier checkpoint.
    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        using var folder = new TempFolder();
        var ledger = new Ledger();
        ledger.Route("mqtt");
        var options = new QuarantineOptions { MaximumMessages = random.Next(1, 50), QueueMessages = random.Next(1, 200) };
        int last = random.Next(1, 300);
        long[] positions = [.. Enumerable.Range(1, last).Select(i => (long)i * 3).OrderBy(p => p + random.Next(24))];
        var left = new List<QuarantineFile>();
        int cut = random.Next(last);
        for (int life = 0; life < 3; life++)
        {
            var quarantine = QuarantineFile.Open(options, folder.Path, ledger, NullLogger<QuarantineFile>.Instance, new ManualTime());
            left.Add(quarantine);
            foreach (long position in positions.Take(life == 2 ? last : cut))
            {
                quarantine.Add(new Instant(1_795_323_600_000), 0, "c", "t"u8, "p"u8, QuarantineReason.Malformed, "d", position);
            }

            await quarantine.MakeDurableAsync(CancellationToken.None);
            if (random.Next(2) == 0)
            {
                quarantine.Release(0);
            }

            if (life == 2)
            {
                Assert.Equal(last, quarantine.Counts[QuarantineReason.Malformed]);
            }
        }

        foreach (var quarantine in left)
        {
            await quarantine.DisposeAsync();
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private QuarantineFile Open(QuarantineOptions? options = null)
    {
        _ledger.Route("mqtt");
        return QuarantineFile.Open(options ?? new QuarantineOptions(), _folder.Path, _ledger, NullLogger<QuarantineFile>.Instance, new ManualTime());
    }

    private static void Add(QuarantineFile quarantine, IEnumerable<long> positions)
    {
        foreach (long position in positions)
        {
            quarantine.Add(new Instant(1_795_323_600_000), 0, "client", "topic"u8, "payload"u8, QuarantineReason.Malformed, "detail", position);
        }
    }
}
