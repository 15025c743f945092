using Alatau.Iot.Core.Checksums;
using Alatau.Iot.Ingest.Journal;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Ingest.Tests.Journal;

public sealed class RecordFormatProperties
{
    [Fact]
    public void Write_AnyRecord_IsReadBackAndMisreadInNoByte() => Prop.ForAll<int, uint>((seed, checksumSeed) =>
    {
        var random = new Random(seed);
        var record = JournalUnderTest.Random(random, 300);
        long position = random.NextInt64(1, long.MaxValue);
        byte[] bytes = new byte[RecordFormat.SizeOf(record)];
        RecordFormat.Write(bytes, record, position, checksumSeed);

        Assert.Equal(0, bytes.Length % 8);
        Assert.Equal(bytes.Length, RecordFormat.ClaimedSize(bytes, out long claimed));
        Assert.Equal(position, claimed);
        Assert.True(RecordFormat.IsWhole(bytes, checksumSeed));
        Assert.False(RecordFormat.IsWhole(bytes, checksumSeed + 1));
        Assert.Equal(Kept.Of(record) with { Position = position }, Kept.Of(RecordFormat.Read(bytes)));
        for (int i = 0; i < bytes.Length; i++)
        {
            byte flip = (byte)(1 << random.Next(8));
            bytes[i] ^= flip;
            Assert.False(RecordFormat.IsWhole(bytes, checksumSeed), $"byte {i}");
            bytes[i] ^= flip;
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Checksum_Seeded_IsCrc32COfAllBehindItself()
    {
        byte[] behind = [.. Enumerable.Repeat((byte)0xFF, 28)];
        Assert.Equal(~Crc32C.Of(behind), RecordFormat.Checksum([1, 2, 3, 4, .. behind], uint.MaxValue));
        Assert.Equal(Crc32C.Add(7, behind), RecordFormat.Checksum([0, 0, 0, 0, .. behind], 7));
    }
}
