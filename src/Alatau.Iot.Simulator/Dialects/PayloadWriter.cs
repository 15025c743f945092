using System.Buffers.Text;

namespace Alatau.Iot.Simulator.Dialects;

/// <summary>Writes one payload as UTF-8 into a buffer that is used again and again. Not for several threads.</summary>
internal sealed class PayloadWriter
{
    private static readonly double[] Powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

    private byte[] buffer = new byte[1024];

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    internal ReadOnlyMemory<byte> WrittenMemory => buffer.AsMemory(0, Length);

    internal void Clear() => Length = 0;

    /// <summary>Cuts the payload, as a connection that dies does.</summary>
    internal void CutTo(int length) => Length = Math.Min(Length, length);

    internal void Append(ReadOnlySpan<byte> utf8)
    {
        Grow(utf8.Length);
        utf8.CopyTo(buffer.AsSpan(Length));
        Length += utf8.Length;
    }

    internal void Append(byte octet)
    {
        Grow(1);
        buffer[Length++] = octet;
    }

    internal void Append(long number)
    {
        Grow(20);
        Utf8Formatter.TryFormat(number, buffer.AsSpan(Length), out var written);
        Length += written;
    }

    /// <summary>Writes a finite number with at most some digits after the point, and says which number that is.</summary>
    /// <param name="number">Within ±9e15 over the power of ten; larger ones are written in full.</param>
    /// <param name="decimals">0 to 6.</param>
    /// <returns>The number as written.</returns>
    internal double Append(double number, int decimals)
    {
        var scaled = Math.Round(number * Powers[decimals]);
        if (Math.Abs(scaled) > 9e15)
        {
            Grow(32);
            Utf8Formatter.TryFormat(number, buffer.AsSpan(Length), out var written);
            Length += written;
            return number;
        }

        var whole = (long)scaled;
        if (whole < 0)
            Append((byte)'-');
        var (integer, fraction) = Math.DivRem(Math.Abs(whole), (long)Powers[decimals]);
        Append(integer);
        if (fraction != 0)
            AppendFraction(fraction, decimals);
        return scaled / Powers[decimals];
    }

    /// <summary>Point and digits, zeros at the end left out.</summary>
    private void AppendFraction(long fraction, int digits)
    {
        while (fraction % 10 == 0)
        {
            fraction /= 10;
            digits--;
        }

        Grow(digits + 1);
        buffer[Length] = (byte)'.';
        for (var i = digits; i > 0; i--, fraction /= 10)
            buffer[Length + i] = (byte)('0' + (fraction % 10));
        Length += digits + 1;
    }

    private void Grow(int room)
    {
        if (Length + room > buffer.Length)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, Length + room));
    }
}
