using System.Globalization;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Storage.Tests.Influx;

public sealed class LineProtocolTests(InfluxFixture influx)
{
    private const string Alphabet = "ab,= \"'\\äЖ電🔌./:;{}$#%\n\t\r0-";

    [Fact]
    public async Task Escape_RandomTexts_AgreeWithTheOfficialClient()
    {
        Assert.SkipWhen(LineOracle.Missing is not null, LineOracle.Missing ?? "");
        // Where a backslash stands so that the database can't read it back, the official client sends it all the same; we don't.
        var cases = Cases(seed: 1, count: 2000).ConvertAll(c => (Name: Readable(c.Name), c.Text));
        string answer = await LineOracle.RunAsync("escape.js", JsonSerializer.Serialize(cases.Select(c => new[] { c.Name, c.Text })));
        string[][] expected = JsonSerializer.Deserialize<string[][]>(answer)!;
        Assert.Equal(cases.Count, expected.Length);
        for (int i = 0; i < cases.Count; i++)
        {
            Assert.Equal(expected[i][0], Encoding.UTF8.GetString(LineProtocol.EscapeName(cases[i].Name)));
            Assert.Equal(expected[i][1], "\"" + Encoding.UTF8.GetString(LineProtocol.EscapeText(cases[i].Text)) + "\"");
        }
    }

    [Fact]
    public async Task Escape_RandomTagsAndTexts_ComeBackFromTheDatabaseAsTheyWere()
    {
        string name = influx.Database.NextName();
        await influx.Database.QueryAsync(name, $"CREATE DATABASE \"{name}\"");
        var cases = Cases(seed: 2, count: 300);
        var lines = new StringBuilder();
        for (int i = 0; i < cases.Count; i++)
        {
            string tag = Encoding.UTF8.GetString(LineProtocol.EscapeName(cases[i].Name));
            string text = Encoding.UTF8.GetString(LineProtocol.EscapeText(cases[i].Text));
            string field = Encoding.UTF8.GetString(LineProtocol.EscapeName("k" + FieldName(cases[i].Name)));
            lines.Append(CultureInfo.InvariantCulture, $"m{i},tag={tag} {field}=\"{text}\" {i + 1}\n");
        }

        var (status, body) = await influx.Database.WriteAsync(name, lines.ToString());
        Assert.True(status == 204, body);
        for (int i = 0; i < cases.Count; i++)
        {
            var row = Assert.Single(await influx.Database.QueryAsync(name, string.Create(CultureInfo.InvariantCulture, $"SELECT * FROM m{i}")));
            Assert.Equal(i + 1, row["time"].GetInt64());
            Assert.Equal(Carried(cases[i].Name), row["tag"].GetString());
            Assert.Equal(cases[i].Text, row["k" + FieldName(cases[i].Name)].GetString());
        }
    }

    [Theory]
    [InlineData("a\\", "a_")]
    [InlineData("\\\\", "\\_")]
    [InlineData("a\\ b\\,c\\=d\\e", "a_\\ b_\\,c_\\=d\\e")]
    public void EscapeName_BackslashTheDatabaseCanNotRead_BecomesAnUnderscore(string name, string expected) => Assert.Equal(expected, Encoding.UTF8.GetString(LineProtocol.EscapeName(name)));

    [Fact]
    public void Field_Numbers_AreFloatsAndLeaveOutWhatIsNone()
    {
        var buffer = new LineBuffer();
        buffer.Begin("m"u8);
        foreach (double value in (double[])[1, -2.5, 1e21, double.NaN, double.PositiveInfinity, 0.1, -0.0, 999_999_999_999_999, 1e15])
        {
            buffer.Field("f="u8, value);
        }

        buffer.End(7);
        buffer.Begin("m"u8);
        buffer.Field("f="u8, double.NaN);
        buffer.End(8);
        Assert.Equal("m f=1,f=-2.5,f=1E+21,f=0.1,f=0,f=999999999999999,f=1000000000000000 7\n", Encoding.UTF8.GetString(buffer.Slice(0, buffer.Count).Span));
        buffer.Dispose();
    }

    [Fact]
    public void CopyWithout_FieldAnywhereInItsLine_LeavesTheOthersWhole()
    {
        var buffer = new LineBuffer();
        string[] fields = ["x", "y", "z"];
        foreach (string[] line in (string[][])[["x"], ["x", "y"], ["y", "x"], ["y", "x", "z"], ["y", "z"]])
        {
            buffer.Begin("reading,a=b\\ c"u8);
            foreach (string field in line)
            {
                buffer.Field(Encoding.UTF8.GetBytes(field + "="), 1.5);
            }

            buffer.End(7);
        }

        var rest = new LineBuffer();
        var removed = new List<string>();
        buffer.CopyWithout(0, buffer.Count, rest, "reading"u8, "x="u8, removed);
        Assert.Equal(["reading,a=b\\ c y=1.5 7", "reading,a=b\\ c y=1.5 7", "reading,a=b\\ c y=1.5,z=1.5 7", "reading,a=b\\ c y=1.5,z=1.5 7"], Enumerable.Range(0, rest.Count).Select(rest.Text));
        Assert.Equal(Enumerable.Repeat("reading,a=b\\ c x=1.5 7", 4), removed);
        buffer.Dispose();
        rest.Dispose();
    }

    // The form 1.x keeps: line breaks and tabs of a name are letters after a backslash.
    private static string Carried(string name) =>
        Readable(name).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);

    // InfluxQL's own * loses backslashes in field names; what it does with them says nothing about the writing.
    private static string FieldName(string name) => string.Concat(name.Where(c => c is not ('\\' or '\n' or '\r' or '\t')));

    private static string Readable(string name) => System.Text.RegularExpressions.Regex.Replace(name, @"\\(?=[,= ]|\z)", "_", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));

    private static List<(string Name, string Text)> Cases(int seed, int count)
    {
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var random = new Random(seed);
        int[] runes = [.. Alphabet.EnumerateRunes().Select(rune => rune.Value)];
        return [.. Enumerable.Range(0, count).Select(_ => (Word(1), Word(0)))];

        string Word(int shortest) => string.Concat(Enumerable.Range(0, random.Next(shortest, 12)).Select(_ => char.ConvertFromUtf32(runes[random.Next(runes.Length)])));
    }
}
