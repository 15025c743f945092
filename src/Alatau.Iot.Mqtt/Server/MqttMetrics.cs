using Alatau.Iot.Core.Observation;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>The server's counters and gauges for <c>/metrics</c>.</summary>
public sealed class MqttMetrics(MqttServer server) : IMetricSource
{
    private static readonly (MqttEvent Event, string Name)[] s_events = [.. Enum.GetValues<MqttEvent>().Select(e => (e, e.ToString()))];

    public void WriteMetrics(IMetricWriter writer)
    {
        var counters = server.Counters;
        writer.Counter("mqtt_received_messages", "PUBLISH packets that were valid and authorised.", counters.MessagesReceived);
        writer.Counter("mqtt_received_bytes", "Bytes of whole packets received.", counters.BytesReceived);
        writer.Counter("mqtt_sent_messages", "PUBLISH packets written for subscribers.", counters.MessagesSent);
        writer.Gauge("mqtt_connections", "Open connections, silent ones included.", counters.Connections);
        writer.Gauge("mqtt_sessions", "Sessions, connected and away.", server.SessionCount);
        writer.Gauge("mqtt_retained_messages", "Retained messages.", server.RetainedCount);
        writer.Gauge("mqtt_topics", "Topics remembered.", server.TopicCount);
        foreach (var (counted, name) in s_events)
        {
            writer.Counter("mqtt_events", "Why peers or messages were accepted, refused, dropped or closed.", counters[counted], ("event", name));
        }
    }
}
