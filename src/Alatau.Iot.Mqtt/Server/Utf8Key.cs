using System.Runtime.InteropServices;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>Compares UTF-8 keys held as arrays with keys in a packet, without a copy. The hash is keyed per process (Marvin), so peers can't choose collisions.</summary>
public sealed class Utf8Key : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly Utf8Key Comparer = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode((ReadOnlySpan<byte>)obj);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        // The framework's string hash is Marvin32 with a random key; two bytes pass as one char, the odd one is folded in.
#pragma warning disable MA0021 // A span has no StringComparer; this hash is ordinal.
        int hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(alternate));
#pragma warning restore MA0021
        return (alternate.Length & 1) == 0 ? hash : (hash * 31) ^ alternate[^1];
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
