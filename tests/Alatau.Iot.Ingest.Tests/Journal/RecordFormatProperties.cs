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
    public void Checksum_OfTheStandardsVector_IsCrc32C()
    {
        // RFC 3720, B.4: 32 bytes of ones give 0x62A8AB43, begun and ended with inversion.
        byte[] bytes = new byte[36];
        bytes.AsSpan(4).Fill(0xFF);
        uint crc = RecordFormat.Checksum([0, 0, 0, 0, .. Enumerable.Repeat((byte)0xFF, 28)], uint.MaxValue);
        uint expected = uint.MaxValue;
        foreach (byte value in Enumerable.Repeat((byte)0xFF, 28))
        {
            expected = System.Numerics.BitOperations.Crc32C(expected, value);
        }

        Assert.Equal(expected, crc);
        uint whole = uint.MaxValue;
        foreach (byte value in bytes.AsSpan(4))
        {
            whole = System.Numerics.BitOperations.Crc32C(whole, value);
        }

        Assert.Equal(0x62A8AB43u, ~whole);
    }
}
