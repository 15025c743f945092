using System.Globalization;
using System.Text.RegularExpressions;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Web.Metrics;
using Alatau.Iot.Web.Tests.City;

namespace Alatau.Iot.Web.Tests.Metrics;

public sealed partial class MetricTextTests
{
    [GeneratedRegex("^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\\\n]|\\\\[\\\\\"n])*\"(,(?=[a-zA-Z_]))?)+)\\})? (?<value>[^ ]+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample();

    /// <summary>Every rule of the text format 0.0.4 that a scraper may insist on.</summary>
    private static Dictionary<string, double> Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var samples = new Dictionary<string, double>(StringComparer.Ordinal);
        var finished = new HashSet<string>(StringComparer.Ordinal);
        string family = "";
        string type = "";
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                type = "";
                Assert.True(finished.Add(family), $"{family} stands twice");
                Assert.True(line.Length > $"# HELP {family} ".Length, line);
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.Equal(family, line.Split(' ')[2]);
                type = line.Split(' ')[3];
                Assert.Contains(type, new[] { "counter", "gauge" });
                Assert.Equal(type == "counter", family.EndsWith("_total", StringComparison.Ordinal));
            }
            else
            {
                var match = Sample().Match(line);
                Assert.True(match.Success, line);
                Assert.Equal(family, match.Groups["name"].Value);
                Assert.NotEqual("", type);
                double value = double.Parse(match.Groups["value"].Value.Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture);
                Assert.True(type != "counter" || value >= 0, line);
                Assert.True(samples.TryAdd(match.Groups["name"].Value + match.Groups["labels"].Value, value), "twice: " + line);
            }
        }

        return samples;
    }

    [Fact]
    public async Task Metrics_OfTheWholeRoom_AreWellFormed()
    {
        await using var city = await TestCity.StartAsync();
        byte route = city.Ledger.Route("mqtt");
        city.Ledger.Received(route, 7);
        city.Ledger.Stored(route, 5);
        using var response = await city.Client.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        string text = await response.Content.ReadAsStringAsync();
        var samples = Parse(text);
        Assert.Equal(7, samples["alatau_messages_received_totalroute=\"mqtt\""]);
        Assert.Equal(2, samples["alatau_messages_waitingroute=\"mqtt\""]);
        Assert.Equal(city.Assets.Count, samples["alatau_assets"]);
        Assert.True(samples["alatau_process_resident_memory_bytes"] > 1e6);
    }

    [Fact]
    public void Write_LabelsAndHelpWithSpecialCharacters_AreEscaped()
    {
        string text = MetricText.Write([new Source(w =>
        {
            w.Gauge("odd", "Line one\nline two \\", double.NaN, ("label", "a\"b\\c\nd"));
            w.Gauge("odd", "ignored", double.PositiveInfinity, ("label", "other"));
        })]);
        Assert.Equal("# HELP alatau_odd Line one\\nline two \\\\\n# TYPE alatau_odd gauge\nalatau_odd{label=\"a\\\"b\\\\c\\nd\"} NaN\nalatau_odd{label=\"other\"} +Inf\n", text);
        Assert.Equal(2, Parse(text).Count);
    }

    [Fact]
    public void Write_FamiliesFromSeveralSources_StandTogether()
    {
        string text = MetricText.Write(
        [
            new Source(w => { w.Counter("a", "A", 1, ("s", "1")); w.Gauge("b", "B", 2); }),
            new Source(w => w.Counter("a", "A", 3, ("s", "2"))),
        ]);
        Assert.Equal(["alatau_a_totals=\"1\"", "alatau_a_totals=\"2\"", "alatau_b"], Parse(text).Keys);
    }

    private sealed class Source(Action<IMetricWriter> write) : IMetricSource
    {
        public void WriteMetrics(IMetricWriter writer) => write(writer);
    }
}
