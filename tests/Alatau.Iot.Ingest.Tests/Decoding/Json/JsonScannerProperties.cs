using System.Globalization;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Ingest.Decoding;
using Alatau.Iot.Ingest.Decoding.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Ingest.Tests.Decoding.Json;

/// <summary>The scanner and System.Text.Json's strict reader take the same documents and see the same numbers.</summary>
public sealed class JsonScannerProperties
{
    private static readonly string[] s_tokens = ["{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u00e9\"", "\"\\x\"", "\"\\ud800\"", "\"\u00e9\"", "1", "-0", "01", "1.", ".5", "1e", "1E+5", "-", "true", "false", "null", "nul", "NaN", " ", "\n", "\t", "\u000b", "\"\t\"", "//x", "'a'"];

    [Fact]
    public void Skip_DocumentsWellFormedOrDamaged_AgreesWithTheFrameworksReader() =>
        Check(2000, random =>
        {
            byte[] document = random.Next(3) == 0 ? Soup(random) : Damage(Encoding.UTF8.GetBytes(Value(random, 0)), random);

            Assert.True(Accepts(document) == Peer(document), $"scanner {Accepts(document)}, framework {Peer(document)}: {Encoding.UTF8.GetString(document)}");
        });

    [Fact]
    public void ReadNumber_AnyNumber_IsTheNearestDouble() =>
        Check(5000, random =>
        {
            string text = Number(random);
            var json = new JsonScanner(Encoding.UTF8.GetBytes(text));
            _ = json.Peek();

            Assert.True(json.ReadNumber(out double value) && json.AtEnd(), text);
            double expected = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            Assert.True(BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(expected), $"{text}: {value:R} instead of {expected:R}");
        });

    [Fact]
    public void ReadNumber_EveryDouble_ComesBackFromItsShortestText() =>
        Check(5000, random =>
        {
            double original = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (!double.IsFinite(original))
            {
                return;
            }

            Assert.True(JsonNumber.TryReadWhole(Encoding.ASCII.GetBytes(original.ToString("R", CultureInfo.InvariantCulture)), out double value));
            Assert.Equal(BitConverter.DoubleToInt64Bits(original), BitConverter.DoubleToInt64Bits(value));
        });

    [Fact]
    public void Unescape_AnyText_GivesWhatTheFrameworkGives() =>
        Check(1000, random =>
        {
            string text = new([.. Enumerable.Range(0, random.Next(20)).Select(_ => (char)random.Next(1, 0xD7FF))]);
            string json = JsonSerializer.Serialize(text + (random.Next(2) == 0 ? "\U0001F600" : ""));
            byte[] raw = Encoding.UTF8.GetBytes(json)[1..^1];
            Span<byte> buffer = stackalloc byte[JsonText.Longest];

            Assert.Equal(JsonSerializer.Deserialize<string>(json), Encoding.UTF8.GetString(JsonText.Unescape(raw, buffer)));
        });

    internal static void Check(int tests, Action<Random> law) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => law(new Random(seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(tests).WithQuietOnSuccess(true));

    /// <summary>Cuts, changes, inserts or leaves a document as it is.</summary>
    internal static byte[] Damage(byte[] document, Random random)
    {
        if (document.Length == 0)
        {
            return document;
        }

        switch (random.Next(5))
        {
            case 0:
                return document[..random.Next(document.Length)];
            case 1:
                document[random.Next(document.Length)] = (byte)random.Next(256);
                return document;
            case 2:
                int at = random.Next(document.Length);
                return [.. document[..at], (byte)"{}[],:\"\\0-e"[random.Next(11)], .. document[at..]];
            case 3:
                int from = random.Next(document.Length);
                return [.. document[..from], .. document[Math.Min(document.Length, from + random.Next(1, 4))..]];
            default:
                return document;
        }
    }

    private static bool Accepts(byte[] document)
    {
        var json = new JsonScanner(document);
        return json.Skip() && json.AtEnd();
    }

    private static bool Peer(byte[] document)
    {
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = PayloadDecoder.MaximumDepth });
        try
        {
            bool any = false;
            while (reader.Read())
            {
                any = true;
            }

            return any;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Soup(Random random) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => s_tokens[random.Next(s_tokens.Length)])));

    private static string Value(Random random, int depth)
    {
        string blank = random.Next(4) == 0 ? " \r\n\t"[random.Next(4)].ToString() : "";
        string value = (depth > 6 ? random.Next(4) : random.Next(7)) switch
        {
            0 => Number(random),
            1 => JsonSerializer.Serialize(new string('x', random.Next(5)) + (char)random.Next(1, 0xD7FF)),
            2 => new[] { "true", "false", "null" }[random.Next(3)],
            3 => "\"\"",
            4 => new string('[', random.Next(28, 36)) is var open && random.Next(10) == 0 ? open + new string(']', open.Length) : "[]",
            5 => "[" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1))) + "]",
            _ => "{" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(i => $"\"k{i}\"{blank}:{Value(random, depth + 1)}")) + "}",
        };
        return blank + value + blank;
    }

    private static string Number(Random random)
    {
        var text = new StringBuilder(random.Next(2) == 0 ? "-" : "");
        text.Append(random.Next(3) == 0 ? "0" : (random.Next(9) + 1).ToString(CultureInfo.InvariantCulture) + Digits(random, random.Next(3) == 0 ? 20 : 6));
        if (random.Next(2) == 0)
        {
            text.Append('.').Append(random.Next(10)).Append(Digits(random, random.Next(3) == 0 ? 25 : 4));
        }

        if (random.Next(3) == 0)
        {
            text.Append("eE"[random.Next(2)]).Append(new[] { "", "+", "-" }[random.Next(3)]).Append(random.Next(random.Next(2) == 0 ? 25 : 400));
        }

        return text.ToString();
    }

    private static string Digits(Random random, int most) => string.Concat(Enumerable.Range(0, random.Next(most)).Select(_ => (char)('0' + random.Next(10))));
}
