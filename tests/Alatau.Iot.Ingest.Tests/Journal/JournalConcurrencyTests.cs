using System.Buffers.Binary;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Ingest.Tests.Journal;

public sealed class JournalConcurrencyTests
{
    [Fact]
    public async Task TryAppend_FourThreadsOnSmallBuffers_EveryRecordOnceInEachThreadsOrder()
    {
        using var folder = new TempFolder();
        var options = JournalUnderTest.Options(folder.Path, 1 << 20);
        options.BufferBytes = 32 << 10;
        options.ZeroAhead = true;
        const int Threads = 4;
        const int Records = 15_000;
        long[][] positions = new long[Threads][];
        await using (var journal = JournalUnderTest.Open(options))
        {
            await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
            {
                var random = new Random(thread);
                positions[thread] = new long[Records];
                byte[] payload = new byte[200];
                for (int i = 0; i < Records; i++)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(payload, i);
                    payload.AsSpan(4).Fill((byte)i);
                    int length = 4 + random.Next(196);
                    await journal.AppendAsync(_ => journal.TryAppend(new JournalRecord { Route = (byte)thread, Payload = payload.AsSpan(0, length) }, out positions[thread][i]));
                }
            })));
        }

        await using var reopened = JournalUnderTest.Open(options);
        using var reader = reopened.OpenReader(1);
        int[] next = new int[Threads];
        long position = 0;
        while (reader.TryRead(out var record))
        {
            int number = BinaryPrimitives.ReadInt32LittleEndian(record.Payload);
            Assert.Equal(++position, record.Position);
            Assert.Equal(next[record.Route]++, number);
            Assert.Equal(position, positions[record.Route][number]);
            Assert.Equal(-1, record.Payload[4..].IndexOfAnyExcept((byte)number));
        }

        Assert.Equal(Threads * Records, position);
        Assert.All(next, count => Assert.Equal(Records, count));
    }
}
