namespace Alatau.Iot.Core.Observation;

/// <summary>Takes the samples of one scrape. Samples of one name may come from several sources; the labels must differ.</summary>
/// <remarks>Names are snake case with the unit in plural and no prefix (<c>shard_inbox_batches</c>); the writer adds <c>alatau_</c>, and <c>_total</c> to counters.</remarks>
public interface IMetricWriter
{
    /// <summary>A value that only rises while the process lives.</summary>
    /// <param name="name">Without prefix and without <c>_total</c>.</param>
    /// <param name="help">One sentence.</param>
    /// <param name="value">Not negative.</param>
    /// <param name="labels">Names and values; names are snake case.</param>
    void Counter(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels);

    /// <summary>A value that may rise and fall.</summary>
    /// <inheritdoc cref="Counter"/>
    void Gauge(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels);
}
