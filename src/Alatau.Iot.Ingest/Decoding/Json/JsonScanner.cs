using System.Globalization;
using System.Runtime.CompilerServices;
using Alatau.Iot.Core.Quarantine;

namespace Alatau.Iot.Ingest.Decoding.Json;

/// <summary>Reads one JSON text (RFC 8259) in place, front to back, without exceptions and without allocation.</summary>
/// <remarks>
/// Accepts exactly what System.Text.Json's strict reader accepts. The caller drives the grammar: it looks at <see cref="Peek"/>, enters objects and arrays,
/// asks for members and items, reads or skips each value. After the first fault every call answers false and <see cref="Fault"/> says why.
/// </remarks>
internal ref struct JsonScanner(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _utf8 = text;
    private int _at;
    private int _depth;
    private JsonFault _fault;

    /// <summary>Bytes consumed.</summary>
    public readonly int Position => _at;

    public readonly bool Failed => _fault != JsonFault.None;

    public readonly JsonFault Fault => _fault;

    /// <summary>First byte of the next token, blanks skipped and nothing consumed; 0 at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Peek()
    {
        var utf8 = _utf8;
        int at = _at;
        while ((uint)at < (uint)utf8.Length)
        {
            byte b = utf8[at];
            if (b > 0x20 || b is not (0x20 or 0x0A or 0x0D or 0x09))
            {
                _at = at;
                return b;
            }

            at++;
        }

        _at = at;
        return 0;
    }

    /// <summary>Consumes the brace or bracket that <see cref="Peek"/> saw.</summary>
    public bool Enter()
    {
        if (_depth >= PayloadDecoder.MaximumDepth)
        {
            return Fail(JsonFault.TooDeep);
        }

        _depth++;
        _at++;
        return true;
    }

    /// <summary>Steps to the next member of the object entered: reads the comma, the name and the colon.</summary>
    /// <param name="first">True before the first call; set to false by it.</param>
    /// <param name="name">The bytes between the quotes.</param>
    /// <param name="escaped">Whether the name has escapes and must be unescaped before it is compared.</param>
    /// <returns>False at the closing brace, which is consumed, or on a fault.</returns>
    public bool NextMember(ref bool first, out ReadOnlySpan<byte> name, out bool escaped)
    {
        name = default;
        escaped = false;
        byte b = Peek();
        if (b == '}')
        {
            _at++;
            _depth--;
            return false;
        }

        if (!first)
        {
            if (b != ',')
            {
                return Fail(JsonFault.CommaOrEnd);
            }

            _at++;
            b = Peek();
        }

        first = false;
        if (b != '"')
        {
            return Fail(JsonFault.Name);
        }

        if (!ReadText(out name, out escaped))
        {
            return false;
        }

        if (Peek() != ':')
        {
            return Fail(JsonFault.Colon);
        }

        _at++;
        return true;
    }

    /// <summary>Steps to the next item of the array entered. False at the closing bracket, which is consumed, or on a fault.</summary>
    public bool NextItem(ref bool first)
    {
        byte b = Peek();
        if (b == ']')
        {
            _at++;
            _depth--;
            return false;
        }

        if (first)
        {
            first = false;
            return true;
        }

        if (b != ',')
        {
            return Fail(JsonFault.CommaOrEnd);
        }

        _at++;
        return true;
    }

    /// <summary>Reads a text. Call only when <see cref="Peek"/> saw a quote.</summary>
    public bool ReadText(out ReadOnlySpan<byte> raw, out bool escaped)
    {
        var utf8 = _utf8;
        int start = _at + 1;
        int at = start;
        escaped = false;
        while ((uint)at < (uint)utf8.Length)
        {
            byte b = utf8[at];
            if (b == '"')
            {
                raw = utf8[start..at];
                _at = at + 1;
                return true;
            }

            if (b == '\\')
            {
                escaped = true;
                int length = EscapeLength(utf8[at..]);
                if (length == 0)
                {
                    _at = at;
                    raw = default;
                    return Fail(JsonFault.Escape);
                }

                at += length;
                continue;
            }

            if (b < 0x20)
            {
                break;
            }

            at++;
        }

        _at = at;
        raw = default;
        return Fail(at < utf8.Length ? JsonFault.ControlCharacter : JsonFault.End);
    }

    /// <summary>Reads a number to the nearest double, to the last bit; one too large becomes infinite. Call only when <see cref="Peek"/> saw a digit or minus.</summary>
    public bool ReadNumber(out double value)
    {
        int used = JsonNumber.Read(_utf8[_at..], out value);
        if (used == 0)
        {
            return Fail(JsonFault.Number);
        }

        _at += used;
        return true;
    }

    /// <summary>Reads <c>true</c>, <c>false</c> or <c>null</c>; the slot gets which.</summary>
    public bool ReadWord(out SlotKind kind)
    {
        var rest = _utf8[_at..];
        kind = rest.StartsWith("true"u8) ? SlotKind.True
            : rest.StartsWith("false"u8) ? SlotKind.False
            : rest.StartsWith("null"u8) ? SlotKind.Null
            : SlotKind.Missing;
        if (kind == SlotKind.Missing)
        {
            return Fail(rest.IsEmpty ? JsonFault.End : JsonFault.Value);
        }

        _at += kind == SlotKind.False ? 5 : 4;
        return true;
    }

    /// <summary>Reads a value that is neither object nor array.</summary>
    public bool ReadScalar(out Slot slot)
    {
        slot = default;
        byte b = Peek();
        if (b == '"')
        {
            int start = _at + 1;
            if (!ReadText(out var raw, out slot.Escaped))
            {
                return false;
            }

            (slot.Kind, slot.Start, slot.Length) = (SlotKind.Text, start, raw.Length);
            return true;
        }

        if (b == '-' || (uint)(b - '0') <= 9)
        {
            slot.Kind = SlotKind.Number;
            return ReadNumber(out slot.Number);
        }

        return ReadWord(out slot.Kind);
    }

    /// <summary>Steps over any value, checking its syntax.</summary>
    public bool Skip()
    {
        byte b = Peek();
        if (b is not ((byte)'{' or (byte)'['))
        {
            return ReadScalar(out _);
        }

        // One bit a level, so that nesting costs no call depth.
        ulong objects = 0;
        int levels = 0;
        bool first = false;
        while (true)
        {
            if (b is (byte)'{' or (byte)'[')
            {
                if (!Enter())
                {
                    return false;
                }

                objects = (objects << 1) | (b == '{' ? 1u : 0u);
                levels++;
                first = true;
            }
            else if (!ReadScalar(out _))
            {
                return false;
            }

            while (true)
            {
                bool more = (objects & 1) != 0 ? NextMember(ref first, out _, out _) : NextItem(ref first);
                if (more)
                {
                    break;
                }

                if (Failed)
                {
                    return false;
                }

                objects >>= 1;
                first = false;
                if (--levels == 0)
                {
                    return true;
                }
            }

            b = Peek();
        }
    }

    /// <summary>True when nothing but blanks follows.</summary>
    public bool AtEnd()
    {
        if (Failed)
        {
            return false;
        }

        _ = Peek();
        return _at == _utf8.Length || Fail(JsonFault.Trailing);
    }

    /// <summary>The fault as a quarantine verdict, with its place.</summary>
    public readonly DecodeResult Verdict()
    {
        string what = _fault switch
        {
            JsonFault.CommaOrEnd => "a comma or the end of the object or list is missing",
            JsonFault.Name => "a member's name in double quotes is missing",
            JsonFault.Colon => "the colon after a member's name is missing",
            JsonFault.Escape => "an escape in a text is not one of JSON's",
            JsonFault.ControlCharacter => "a text holds a control character",
            JsonFault.Number => "a number is not written as JSON demands",
            JsonFault.Value => "this is no JSON value (NaN, Infinity and words without quotes aren't)",
            JsonFault.Trailing => "something follows after the end of the document",
            JsonFault.TooDeep => string.Create(CultureInfo.InvariantCulture, $"nested deeper than {PayloadDecoder.MaximumDepth} levels"),
            _ => "the document ends too early",
        };
        return DecodeResult.Quarantine(
            _fault == JsonFault.TooDeep ? QuarantineReason.TooLarge : QuarantineReason.Malformed,
            string.Create(CultureInfo.InvariantCulture, $"Not valid JSON at byte {_at + 1} of {_utf8.Length}: {what}. Mend the sender, or bind the device to the profile of its format."));
    }

    private bool Fail(JsonFault fault)
    {
        if (_fault == JsonFault.None)
        {
            _fault = _at >= _utf8.Length && fault is not JsonFault.TooDeep ? JsonFault.End : fault;
        }

        return false;
    }

    private static int EscapeLength(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 2)
        {
            return 0;
        }

        if (rest[1] is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t')
        {
            return 2;
        }

        return rest[1] == 'u' && rest.Length >= 6
            && char.IsAsciiHexDigit((char)rest[2]) && char.IsAsciiHexDigit((char)rest[3]) && char.IsAsciiHexDigit((char)rest[4]) && char.IsAsciiHexDigit((char)rest[5])
            ? 6
            : 0;
    }
}
