using System.Buffers;
using System.Text;

namespace Alatau.Iot.Storage.Influx;

/// <summary>Escaping of line protocol, as https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/ and the official clients do.</summary>
internal static class LineProtocol
{
    private static readonly SearchValues<byte> s_special = SearchValues.Create(",= \n\r\t"u8);
    private static readonly SearchValues<byte> s_quoted = SearchValues.Create("\"\\"u8);

    /// <summary>
    /// A tag key, tag value or field key. A backslash at the end or before comma, equals sign or blank, which the database can't read back, becomes an underscore; line breaks and tabs become
    /// <c>\n</c>, <c>\r</c>, <c>\t</c> in letters.
    /// </summary>
    internal static byte[] EscapeName(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        for (int i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] == '\\' && (i == utf8.Length - 1 || utf8[i + 1] is (byte)',' or (byte)'=' or (byte)' '))
            {
                utf8[i] = (byte)'_';
            }
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

    /// <inheritdoc cref="EscapeName"/>
    internal static string Escaped(string name) => Encoding.UTF8.GetString(EscapeName(name));

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
