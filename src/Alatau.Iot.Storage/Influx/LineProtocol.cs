using System.Buffers;
using System.Text;

namespace Alatau.Iot.Storage.Influx;

/// <summary>Escaping of line protocol, as https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/ and the official clients do.</summary>
internal static class LineProtocol
{
    private static readonly SearchValues<byte> s_special = SearchValues.Create(",= \n\r\t"u8);
    private static readonly SearchValues<byte> s_quoted = SearchValues.Create("\"\\"u8);

    /// <summary>A tag key, tag value or field key. A backslash at the end, which the format can't carry, becomes an underscore; line breaks and tabs become <c>\n</c>, <c>\r</c>, <c>\t</c> in letters.</summary>
    internal static byte[] EscapeName(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        if (utf8.Length > 0 && utf8[^1] == '\\')
        {
            utf8[^1] = (byte)'_';
        }

        if (utf8.AsSpan().IndexOfAny(s_special) < 0)
        {
            return utf8;
        }

        var escaped = new ArrayBufferWriter<byte>(utf8.Length + 8);
        foreach (byte b in utf8)
        {
            escaped.Write(b switch
            {
                (byte)',' => "\\,"u8,
                (byte)'=' => "\\="u8,
                (byte)' ' => "\\ "u8,
                (byte)'\n' => "\\n"u8,
                (byte)'\r' => "\\r"u8,
                (byte)'\t' => "\\t"u8,
                _ => new ReadOnlySpan<byte>(in b),
            });
        }

        return escaped.WrittenSpan.ToArray();
    }

    /// <summary>The inside of a quoted string field.</summary>
    internal static byte[] EscapeText(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        if (utf8.AsSpan().IndexOfAny(s_quoted) < 0)
        {
            return utf8;
        }

        var escaped = new ArrayBufferWriter<byte>(utf8.Length + 8);
        foreach (byte b in utf8)
        {
            if (b is (byte)'"' or (byte)'\\')
            {
                escaped.Write("\\"u8);
            }

            escaped.Write([b]);
        }

        return escaped.WrittenSpan.ToArray();
    }
}
