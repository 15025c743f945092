using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Observation;

namespace Alatau.Iot.Web.Metrics;

/// <summary>Writes one scrape in the Prometheus text exposition format 0.0.4: families together, HELP and TYPE before their samples.</summary>
internal sealed class MetricText : IMetricWriter
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const string Prefix = "alatau_";

    private readonly Dictionary<string, Family> _families = new(StringComparer.Ordinal);

    public static string Write(IEnumerable<IMetricSource> sources)
    {
        var text = new MetricText();
        foreach (var source in sources)
        {
            source.WriteMetrics(text);
        }

        return text.ToString();
    }

    public void Counter(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Add(Prefix + name + (name.EndsWith("_total", StringComparison.Ordinal) ? "" : "_total"), "counter", help, value, labels);

    public void Gauge(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Add(Prefix + name, "gauge", help, value, labels);

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (name, family) in _families.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            text.Append("# HELP ").Append(name).Append(' ').Append(family.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(family.Type).Append('\n');
            foreach (var (labels, value) in family.Samples)
            {
                text.Append(name).Append(labels).Append(' ').Append(Number(value)).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Number(double value) => value switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private void Add(string name, string type, string help, double value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (!_families.TryGetValue(name, out var family))
        {
            _families[name] = family = new Family(type, help, new Dictionary<string, double>(StringComparer.Ordinal));
        }

        // Two sources of one name and the same labels would make the whole scrape invalid: the later one stands.
        family.Samples[Labels(labels)] = value;
    }

    private static string Labels(ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (labels.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder("{");
        foreach (var (name, value) in labels)
        {
            text.Append(text.Length > 1 ? "," : "").Append(name).Append("=\"")
                .Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return text.Append('}').ToString();
    }

    private sealed record Family(string Type, string Help, Dictionary<string, double> Samples);
}
