using Alatau.Iot.Core.Checksums;

namespace Alatau.Iot.Core.Tests.Checksums;

public sealed class Crc32CTests
{
    /// <summary>RFC 3720, B.4, read as little-endian numbers; and the check value every catalogue gives.</summary>
    public static TheoryData<byte[], uint> Standard => new()
    {
        { new byte[32], 0x8A9136AA },
        { [.. Enumerable.Repeat((byte)0xFF, 32)], 0x62A8AB43 },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)i)], 0x46DD794E },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))], 0x113FDB5C },
        { [.. "123456789"u8], 0xE3069283 },
        { [], 0 },
    };

    [Theory]
    [MemberData(nameof(Standard))]
    public void Of_TheStandardsVectors_IsTheirChecksum(byte[] bytes, uint checksum) => Assert.Equal(checksum, Crc32C.Of(bytes));

    [Fact]
    public void Add_InTwoPieces_IsAddingBothTogether()
    {
        const int seed = 20261122;
        var random = new Random(seed);
        byte[] bytes = new byte[67];
        random.NextBytes(bytes);
        uint begun = (uint)random.NextInt64(uint.MaxValue);
        uint whole = Crc32C.Add(begun, bytes);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(whole, Crc32C.Add(Crc32C.Add(begun, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }
}
