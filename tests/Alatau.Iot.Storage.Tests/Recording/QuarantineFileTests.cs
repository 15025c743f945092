using System.Text;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Storage.Recording;
using Alatau.Iot.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Storage.Tests.Recording;

public sealed class QuarantineFileTests : IDisposable
{
    private static readonly Instant s_start = new(1_795_323_600_000);

    private readonly TempFolder _folder = new();
    private readonly Ledger _ledger = new();
    private readonly ManualTime _time = new();
    private readonly byte _route;

    public QuarantineFileTests() => _route = _ledger.Route("mqtt");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Add_Message_IsListedWholeBeforeAndAfterTheDisk()
    {
        await using var quarantine = Open();
        byte[] payload = [0, 1, 2, 0xFF];
        quarantine.Add(s_start, _route, "client ж", "a/b/ü"u8, payload, QuarantineReason.Malformed, "detail", position: 0);
        for (int round = 0; round < 2; round++)
        {
            var message = Assert.Single(quarantine.List(long.MaxValue, 10));
            Assert.Equal((1, s_start, "mqtt", "client ж", "a/b/ü", QuarantineReason.Malformed, "detail"), (message.Number, message.ReceivedAt, message.Route, message.Client, message.Topic, message.Reason, message.Detail));
            Assert.Equal(payload, message.Payload.ToArray());
            await quarantine.FlushAsync(Token);
        }
    }

    [Fact]
    public async Task Open_AfterARestart_GoesOnWithNumbersAndCounts()
    {
        await using (var first = Open())
        {
            Add(first, 30, QuarantineReason.Malformed);
            Add(first, 12, QuarantineReason.ClockAhead);
        }

        await using var second = Open();
        Assert.Equal((30, 12, 0), (second.Counts[QuarantineReason.Malformed], second.Counts[QuarantineReason.ClockAhead], second.Counts[QuarantineReason.TooLarge]));
        Add(second, 1, QuarantineReason.TooLarge);
        Assert.Equal(Enumerable.Range(0, 43).Select(i => 43L - i), second.List(long.MaxValue, 100).Select(m => m.Number));
        Assert.Equal(1, second.Counts[QuarantineReason.TooLarge]);
    }

    [Fact]
    public async Task AddLost_Messages_AreOneEntryAndCountAsManyAlsoAfterARestart()
    {
        await using (var first = Open())
        {
            first.AddLost(s_start, _route, 1_234, "where and why");
            first.AddLost(s_start, _route, 6, "elsewhere");
            await first.FlushAsync(Token);
        }

        await using var second = Open();
        Assert.Equal(1_240, second.Counts[QuarantineReason.LostInOutbox]);
        Assert.Equal([6, 1_234], second.List(long.MaxValue, 10).Select(m => m.Messages));
        Assert.All(second.List(long.MaxValue, 10), m => Assert.Equal((QuarantineReason.LostInOutbox, "mqtt", true), (m.Reason, m.Route, m.IsCut)));
    }

    [Fact]
    public async Task List_BeforeAndLimit_Page()
    {
        await using var quarantine = Open();
        Add(quarantine, 25, QuarantineReason.Malformed);
        Assert.Equal([25, 24, 23], quarantine.List(long.MaxValue, 3).Select(m => m.Number));
        Assert.Equal([22, 21], quarantine.List(23, 2).Select(m => m.Number));
        Assert.Empty(quarantine.List(1, 10));
    }

    [Fact]
    public async Task Add_MoreThanTheMaximum_OldestGoFromListAndDisk()
    {
        await using var quarantine = Open(new QuarantineOptions { MaximumMessages = 40, QueueMessages = 10_000 });
        Add(quarantine, 5000, QuarantineReason.Malformed, payloadBytes: 1000);
        await quarantine.FlushAsync(Token);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => 5000L - i), quarantine.List(long.MaxValue, 1000).Select(m => m.Number));
        Assert.Equal(5000, quarantine.Counts[QuarantineReason.Malformed]);
        Assert.InRange(Bytes(), 40 * 1000, 60 * 1300);
        await quarantine.DisposeAsync();
        await using var again = Open(new QuarantineOptions { MaximumMessages = 40 });
        Assert.Equal(Enumerable.Range(0, 40).Select(i => 5000L - i), again.List(long.MaxValue, 1000).Select(m => m.Number));
        Assert.Equal(5000, again.Counts[QuarantineReason.Malformed]);
    }

    [Fact]
    public async Task MaximumAge_TimePasses_OldMessagesGoFromListAndDiskAndCountsNumbersAndPositionsStay()
    {
        var options = new QuarantineOptions { MaximumAge = TimeSpan.FromDays(8) };
        await using (var quarantine = Open(options))
        {
            for (int day = 0; day < 12; day++)
            {
                for (int i = 1; i <= 10; i++)
                {
                    quarantine.Add(Instant.Now(_time), _route, "client", "topic"u8, "payload"u8, QuarantineReason.Malformed, "detail", position: (day * 10) + i);
                }

                await quarantine.FlushAsync(Token);
                Assert.Equal(Math.Min(day + 1, 9) * 10, quarantine.List(long.MaxValue, 1000).Count);
                _time.Advance(TimeSpan.FromDays(1));
            }

            Assert.Equal(Enumerable.Range(0, 80).Select(i => 120L - i), quarantine.List(long.MaxValue, 1000).Select(m => m.Number));
            Assert.Equal((80, 8), (quarantine.Kept, Files().Length));
        }

        _time.Advance(TimeSpan.FromDays(4));
        await using (var second = Open(options))
        {
            Assert.Equal((40, 4), (second.Kept, Files().Length));
            _time.Advance(TimeSpan.FromDays(30));
            Assert.Empty(second.List(long.MaxValue, 1000));
            Assert.Equal(4, new FileInfo(Assert.Single(Files())).Length);
        }

        await using var third = Open(options);
        Assert.Equal((0, 120L), (third.Kept, third.Counts[QuarantineReason.Malformed]));
        Assert.True(third.Holds(1) && third.Holds(120));
        AddNow(third);
        await third.FlushAsync(Token);
        Assert.Equal(121, Assert.Single(third.List(long.MaxValue, 1000)).Number);
        await third.DisposeAsync();
        await using var fourth = Open(options);
        Assert.Equal((121L, 121L), (Assert.Single(fourth.List(long.MaxValue, 1000)).Number, fourth.Counts[QuarantineReason.Malformed]));

        void AddNow(QuarantineFile quarantine) => quarantine.Add(Instant.Now(_time), _route, "client", "topic"u8, "payload"u8, QuarantineReason.Malformed, "detail", position: 0);
    }

    [Fact]
    public async Task Add_LongPayload_IsCutAndSaysSo()
    {
        await using var quarantine = Open(new QuarantineOptions { MaximumPayloadBytes = 100 });
        Add(quarantine, 1, QuarantineReason.TooLarge, payloadBytes: 5000);
        await quarantine.FlushAsync(Token);
        var message = Assert.Single(quarantine.List(long.MaxValue, 1));
        Assert.Equal(100, message.Payload.Length);
        Assert.Contains("the first 100 of 5000 bytes", message.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_DiskIsBehind_CountsAllAndLosesNoCount()
    {
        await using (var quarantine = Open(new QuarantineOptions { QueueMessages = 1, MaximumMessages = 1000 }))
        {
            Parallel.For(0, 4, _ => Add(quarantine, 2000, QuarantineReason.Malformed, payloadBytes: 2000));
            Assert.Equal(8000, quarantine.Counts[QuarantineReason.Malformed]);
            Assert.True(quarantine.Unkept > 0);
        }

        await using var again = Open();
        Assert.InRange(again.Counts[QuarantineReason.Malformed], 1, 8000);
    }

    [Fact]
    public async Task Add_DiskFailsForAWhile_IsWrittenOnceItIsWell()
    {
        string folder = _folder.File("quarantine");
        await using (var quarantine = Open())
        {
            Directory.Delete(folder);
            Add(quarantine, 3, QuarantineReason.Malformed);
            using (var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100)))
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => quarantine.FlushAsync(impatient.Token));
            }

            Directory.CreateDirectory(folder);
            await quarantine.FlushAsync(Token);
            Assert.Equal(0, quarantine.Unkept);
        }

        await using var again = Open();
        Assert.Equal([3, 2, 1], again.List(long.MaxValue, 100).Select(m => m.Number));
        Assert.All(again.List(long.MaxValue, 100), m => Assert.NotEqual(0, m.Payload.Length));
        Assert.Equal(3, again.Counts[QuarantineReason.Malformed]);
    }

    [Fact]
    public async Task Open_TornTail_KeepsWhatIsWholeAndGoesOn()
    {
        await using (var quarantine = Open())
        {
            Add(quarantine, 10, QuarantineReason.Malformed);
        }

        string file = Assert.Single(Directory.GetFiles(_folder.File("quarantine")));
        await using (var stream = new FileStream(file, FileMode.Open))
        {
            stream.SetLength(stream.Length - 3);
        }

        await using var again = Open();
        Assert.Equal(Enumerable.Range(0, 9).Select(i => 9L - i), again.List(long.MaxValue, 100).Select(m => m.Number));
        Add(again, 1, QuarantineReason.Malformed);
        await again.FlushAsync(Token);
        Assert.Equal(10, again.List(long.MaxValue, 100).Count);
    }

    [Fact]
    public async Task Open_EveryDamagedByte_NeverThrowsAndNeverShowsAWrongMessage()
    {
        await using (var quarantine = Open())
        {
            Add(quarantine, 3, QuarantineReason.Malformed);
        }

        string file = Assert.Single(Directory.GetFiles(_folder.File("quarantine")));
        byte[] whole = await File.ReadAllBytesAsync(file, Token);
        for (int i = 0; i < whole.Length; i += 7)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 0x20;
            await File.WriteAllBytesAsync(file, damaged, Token);
            await using var again = Open();
            Assert.All(again.List(long.MaxValue, 100), m => Assert.Equal("payload", Encoding.UTF8.GetString(m.Payload.Span)));
            Assert.True(again.Kept < 3);
        }
    }

    [Fact]
    public async Task Open_FolderIsAFile_SaysWhatWhereAndTheCure()
    {
        await File.WriteAllTextAsync(_folder.File("quarantine"), "", Token);
        var failure = Assert.Throws<Core.History.StoreException>(() => Open());
        Assert.Contains(_folder.File("quarantine"), failure.Message, StringComparison.Ordinal);
        Assert.Contains("Cure: ", failure.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private QuarantineFile Open(QuarantineOptions? options = null) => QuarantineFile.Open(options ?? new QuarantineOptions(), _folder.Path, _ledger, NullLogger<QuarantineFile>.Instance, _time);

    private string[] Files() => Directory.GetFiles(_folder.File("quarantine"), "quarantine-*");

    private void Add(QuarantineFile quarantine, int count, QuarantineReason reason, int payloadBytes = 0)
    {
        byte[] payload = payloadBytes > 0 ? new byte[payloadBytes] : "payload"u8.ToArray();
        for (int i = 0; i < count; i++)
        {
            quarantine.Add(s_start, _route, "client", "topic"u8, payload, reason, "detail", position: 0);
        }
    }

    private long Bytes() => Directory.GetFiles(_folder.File("quarantine")).Sum(file => new FileInfo(file).Length);
}
