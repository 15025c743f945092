using System.Text;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Ingest.Tests.Journal;

/// <summary>A record as a test keeps it.</summary>
internal sealed record Kept(long Position, Instant ReceivedAt, byte Route, JournalKind Kind, JournalFlags Flags, string Client, string Topic, string Payload)
{
    public override string ToString() => $"{Position}:{Payload.Length / 2}";

    public static Kept Of(in JournalRecord record) => new(
        record.Position, record.ReceivedAt, record.Route, record.Kind, record.Flags, Convert.ToHexString(record.Client), Convert.ToHexString(record.Topic), Convert.ToHexString(record.Payload));
}

/// <summary>Journals with small files, records of a seed, and reading back.</summary>
internal static class JournalUnderTest
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static JournalOptions Options(string folder, long segmentBytes = 64 << 10) => new()
    {
        Folder = folder,
        SegmentBytes = segmentBytes,
        BufferBytes = 128 << 10,
        MaximumRecordBytes = 16 << 10,
        MaximumBytes = 1 << 30,
        ZeroAhead = false,
    };

    public static MessageJournal Open(JournalOptions options, IJournalDisk? disk = null, TimeProvider? time = null) =>
        MessageJournal.Open(options, time ?? new ManualTime(), NullLogger.Instance, disk ?? JournalDisks.Native);

    /// <summary>A record whose fields are drawn from the generator; empty ones and every flag come up.</summary>
    public static JournalRecord Random(Random random, int longestPayload) => new()
    {
        ReceivedAt = new Instant(random.NextInt64(0, 4_000_000_000_000)),
        Route = (byte)random.Next(256),
        Kind = (JournalKind)random.Next(16),
        Flags = (JournalFlags)random.Next(4),
        Client = Bytes(random, random.Next(20)),
        Topic = Bytes(random, random.Next(60)),
        Payload = Bytes(random, random.Next(longestPayload + 1)),
    };

    public static JournalRecord Numbered(long number, int payloadBytes = 40) => new()
    {
        ReceivedAt = new Instant(number),
        Client = "client"u8,
        Topic = "alatau/v1/site/asset/telemetry"u8,
        Payload = Encoding.UTF8.GetBytes(number.ToString("D19", System.Globalization.CultureInfo.InvariantCulture).PadRight(payloadBytes)),
    };

    public static long NumberIn(in JournalRecord record) => long.Parse(record.Payload[..19], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Appends, waiting for room as a connection does.</summary>
    public static async Task<long> AppendAsync(this MessageJournal journal, Func<long, bool> append)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!append(0))
        {
            await journal.WaitForRoomAsync(patience.Token);
        }

        return journal.CommittedPosition;
    }

    /// <summary>Appends a record of the generator, and gives it back with its position.</summary>
    public static async Task<Kept> AppendRandomAsync(this MessageJournal journal, Random random, int longestPayload)
    {
        Kept kept = null!;
        int seed = random.Next();
        await journal.AppendAsync(_ =>
        {
            var record = Random(new Random(seed), longestPayload);
            bool taken = journal.TryAppend(record, out long position);
            kept = Kept.Of(record) with { Position = position };
            return taken;
        });
        return kept;
    }

    public static async Task<long> AppendNumberedAsync(this MessageJournal journal, long number, int payloadBytes = 40)
    {
        long position = 0;
        await journal.AppendAsync(_ => journal.TryAppend(Numbered(number, payloadBytes), out position));
        return position;
    }

    public static async Task CommitAsync(this MessageJournal journal, long position)
    {
        using var patience = new CancellationTokenSource(Patience);
        await journal.WaitForCommitAsync(position, patience.Token);
    }

    public static List<Kept> ReadAll(this MessageJournal journal, long from = 1)
    {
        var read = new List<Kept>();
        using var reader = journal.OpenReader(from);
        while (reader.TryRead(out var record))
        {
            read.Add(Kept.Of(record));
        }

        return read;
    }

    public static string[] SegmentFiles(string folder) => [.. Directory.GetFiles(folder, "*" + Segment.Extension).Order(StringComparer.Ordinal)];

    public static async Task Until(Func<bool> condition, string what)
    {
        var begin = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(begin.Elapsed < Patience, "In vain waited for: " + what);
            await Task.Yield();
        }
    }

    private static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
