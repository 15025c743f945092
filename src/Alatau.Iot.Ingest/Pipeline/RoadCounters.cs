using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>What the road counts beside the ledger: bytes, ignored messages, refusals, waits.</summary>
internal sealed class RoadCounters : IMetricSource
{
    public StripedCounter Ignored { get; } = new();

    public StripedCounter Refused { get; } = new();

    public StripedCounter Busy { get; } = new();

    public StripedCounter PayloadBytes { get; } = new();

    public void WriteMetrics(IMetricWriter writer)
    {
        writer.Counter("road_payload_bytes", "Bytes of payloads that were decoded.", PayloadBytes.Value);
        writer.Counter("road_ignored_messages", "Messages on topics that a profile names as carrying no reading.", Ignored.Value);
        writer.Counter("road_refused_messages", "Messages on topics that only the platform may publish on.", Refused.Value);
        writer.Counter("road_waits", "Times a message had to wait because an inbox was full.", Busy.Value);
    }
}
