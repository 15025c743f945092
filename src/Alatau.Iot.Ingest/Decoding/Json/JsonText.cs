using System.Globalization;
using System.Text;

namespace Alatau.Iot.Ingest.Decoding.Json;

/// <summary>Texts of JSON: unescaping and showing them.</summary>
internal static class JsonText
{
    /// <summary>Longest text that is compared with names; longer ones equal nothing.</summary>
    internal const int Longest = 512;

    /// <summary>Resolves escapes. A surrogate without its partner becomes U+FFFD.</summary>
    /// <param name="raw">Bytes between the quotes, their escapes known to be valid.</param>
    /// <param name="into">At least as long as <paramref name="raw"/>, at most <see cref="Longest"/> is asked for.</param>
    /// <returns>The text; empty when it is longer than <paramref name="into"/>.</returns>
    internal static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> raw, Span<byte> into)
    {
        if (raw.Length > into.Length)
        {
            return default;
        }

        int written = 0;
        for (int at = 0; at < raw.Length;)
        {
            if (raw[at] != '\\')
            {
                into[written++] = raw[at++];
                continue;
            }

            if (raw[at + 1] != 'u')
            {
                into[written++] = raw[at + 1] switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    byte same => same,
                };
                at += 2;
                continue;
            }

            char high = Unit(raw[at..]);
            at += 6;
            var rune = Rune.ReplacementChar;
            if (char.IsHighSurrogate(high) && at + 6 <= raw.Length && raw[at] == '\\' && raw[at + 1] == 'u' && Unit(raw[at..]) is var low && char.IsLowSurrogate(low))
            {
                rune = new Rune(high, low);
                at += 6;
            }
            else if (!char.IsSurrogate(high))
            {
                rune = new Rune(high);
            }

            written += rune.EncodeToUtf8(into[written..]);
        }

        return into[..written];
    }

    /// <summary>A text as a person reads it in a quarantine detail: at most 64 bytes, control characters replaced.</summary>
    internal static string Show(ReadOnlySpan<byte> raw)
    {
        bool cut = raw.Length > 64;
        string text = Encoding.UTF8.GetString(cut ? raw[..64] : raw);
        return string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) + (cut ? "…" : "");
    }

    private static char Unit(ReadOnlySpan<byte> escape) => (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
