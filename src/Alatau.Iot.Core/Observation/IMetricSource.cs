namespace Alatau.Iot.Core.Observation;

/// <summary>A part that has counters or gauges for <c>/metrics</c>.</summary>
public interface IMetricSource
{
    /// <summary>Writes the present values; any thread, cheap (called by every scrape), never throws.</summary>
    void WriteMetrics(IMetricWriter writer);
}
