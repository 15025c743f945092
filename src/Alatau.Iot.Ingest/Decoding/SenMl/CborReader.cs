using System.Buffers.Binary;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.SenMl;

/// <summary>Reads CBOR (RFC 8949) in place, without exceptions and without allocation; as much of it as SenML needs, the rest is stepped over.</summary>
internal ref struct CborReader(ReadOnlySpan<byte> payload)
{
    /// <summary>Length of what ends with a break.</summary>
    internal const ulong Indefinite = ulong.MaxValue;

    private readonly ReadOnlySpan<byte> _payload = payload;
    private int _at;

    public readonly int Position => _at;

    public bool TooDeep { get; private set; }

    public readonly bool AtEnd => _at == _payload.Length;

    /// <summary>Major type of the next item, or -1 at the end.</summary>
    public readonly int PeekMajor() => _at < _payload.Length ? _payload[_at] >> 5 : -1;

    /// <summary>Consumes a break. False when the next byte is none.</summary>
    public bool TryBreak()
    {
        if (_at < _payload.Length && _payload[_at] == 0xFF)
        {
            _at++;
            return true;
        }

        return false;
    }

    /// <summary>Reads the head of an array (4) or map (5); the length is <see cref="Indefinite"/> when a break ends it.</summary>
    public bool TryStart(int major, out ulong length) => TryHead(out int found, out length, out _) && found == major;

    /// <summary>Reads a map key that is an integer or a text.</summary>
    public bool TryKey(out long number, out ReadOnlySpan<byte> text)
    {
        number = 0;
        text = default;
        if (PeekMajor() == 3)
        {
            return TryText(out int start, out int length) && Set(_payload.Slice(start, length), out text);
        }

        if (PeekMajor() is not (0 or 1) || !TryHead(out int major, out ulong argument, out _) || argument > long.MaxValue)
        {
            return false;
        }

        number = major == 0 ? (long)argument : -1 - (long)argument;
        return true;
    }

    /// <summary>Reads a number, text, flag or null. Anything else is stepped over and is <see cref="SlotKind.Nested"/>.</summary>
    public bool TryScalar(out Slot slot)
    {
        slot = default;
        int major = PeekMajor();
        if (major == 3 && _payload[_at] != 0x7F)
        {
            slot.Kind = SlotKind.Text;
            return TryText(out slot.Start, out slot.Length);
        }

        if (major is 0 or 1 or 7)
        {
            return TryNumber(out slot);
        }

        if (major == 6 && _payload[_at] == 0xC4)
        {
            return TryDecimal(out slot);
        }

        slot.Kind = SlotKind.Nested;
        return Skip();
    }

    /// <summary>Steps over one item with all that is in it.</summary>
    public bool Skip() => Skip(0);

    private bool Skip(int depth)
    {
        if (depth >= PayloadDecoder.MaximumDepth)
        {
            TooDeep = true;
            return false;
        }

        if (!TryHead(out int major, out ulong argument, out bool indefinite))
        {
            return false;
        }

        if (major is 2 or 3 && !indefinite)
        {
            return TryAdvance(argument);
        }

        if (major is 0 or 1 or 7)
        {
            return true;
        }

        if (major == 6)
        {
            return Skip(depth + 1);
        }

        if (indefinite)
        {
            while (!TryBreak())
            {
                if (!Skip(depth + 1) || (major == 5 && !Skip(depth + 1)))
                {
                    return false;
                }
            }

            return true;
        }

        // A map's count times two may not overflow; more items than bytes can't be there.
        ulong items = argument > (ulong)_payload.Length ? ulong.MaxValue : argument * (major == 5 ? 2u : 1u);
        if (items > (ulong)(_payload.Length - _at))
        {
            return false;
        }

        for (ulong i = 0; i < items; i++)
        {
            if (!Skip(depth + 1))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryText(out int start, out int length)
    {
        (start, length) = (0, 0);
        if (!TryHead(out _, out ulong argument, out bool indefinite) || indefinite || argument > int.MaxValue)
        {
            return false;
        }

        (start, length) = (_at, (int)argument);
        return TryAdvance(argument);
    }

    private bool TryNumber(out Slot slot)
    {
        slot = new Slot { Kind = SlotKind.Number };
        int from = _at;
        if (!TryHead(out int major, out ulong argument, out bool indefinite) || indefinite)
        {
            return false;
        }

        if (major != 7)
        {
            slot.Number = major == 0 ? argument : -1.0 - argument;
            return true;
        }

        switch (_payload[from] & 0x1F)
        {
            case 20 or 21:
                slot.Kind = argument == 21 ? SlotKind.True : SlotKind.False;
                return true;
            case 22 or 23:
                slot.Kind = SlotKind.Null;
                return true;
            case 25:
                slot.Number = (double)BitConverter.UInt16BitsToHalf((ushort)argument);
                return true;
            case 26:
                slot.Number = BitConverter.UInt32BitsToSingle((uint)argument);
                return true;
            case 27:
                slot.Number = BitConverter.UInt64BitsToDouble(argument);
                return true;
            default:
                slot.Kind = SlotKind.Nested;
                return true;
        }
    }

    /// <summary>A decimal fraction, tag 4: [exponent, mantissa] (RFC 8949 clause 3.4.4).</summary>
    private bool TryDecimal(out Slot slot)
    {
        _at++;
        slot = default;
        if (!TryStart(4, out ulong length) || length != 2
            || !TryNumber(out var exponent) || !TryNumber(out slot)
            || exponent.Kind != SlotKind.Number || slot.Kind != SlotKind.Number || Math.Abs(exponent.Number) > 400)
        {
            return false;
        }

        double power = Math.Pow(10, Math.Abs(exponent.Number));
        slot.Number = exponent.Number < 0 ? slot.Number / power : slot.Number * power;
        return true;
    }

    private bool TryHead(out int major, out ulong argument, out bool indefinite)
    {
        (major, argument, indefinite) = (0, 0, false);
        if (_at >= _payload.Length)
        {
            return false;
        }

        byte head = _payload[_at++];
        major = head >> 5;
        int low = head & 0x1F;
        var rest = _payload[_at..];
        switch (low)
        {
            case < 24:
                argument = (ulong)low;
                return true;
            case 24 when rest.Length >= 1:
                argument = rest[0];
                _at += 1;
                return true;
            case 25 when rest.Length >= 2:
                argument = BinaryPrimitives.ReadUInt16BigEndian(rest);
                _at += 2;
                return true;
            case 26 when rest.Length >= 4:
                argument = BinaryPrimitives.ReadUInt32BigEndian(rest);
                _at += 4;
                return true;
            case 27 when rest.Length >= 8:
                argument = BinaryPrimitives.ReadUInt64BigEndian(rest);
                _at += 8;
                return true;
            case 31 when major is >= 2 and <= 5:
                (argument, indefinite) = (Indefinite, true);
                return true;
            default:
                return false;
        }
    }

    private bool TryAdvance(ulong bytes)
    {
        if (bytes > (ulong)(_payload.Length - _at))
        {
            return false;
        }

        _at += (int)bytes;
        return true;
    }

    private static bool Set(ReadOnlySpan<byte> value, out ReadOnlySpan<byte> into)
    {
        into = value;
        return true;
    }
}
