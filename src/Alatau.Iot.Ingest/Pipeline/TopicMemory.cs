using Alatau.Iot.Mqtt.Server;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>What the road answered for each topic of a bridge or of the journal, so that it is asked once. Found by the topic's bytes; one thread at a time.</summary>
public sealed class TopicMemory(TelemetryRoad road)
{
    /// <summary>Topics kept; past it all are forgotten and asked again.</summary>
    private const int Capacity = 1_000_000;

    private readonly Dictionary<byte[], TelemetryBinding?> _known = new(Utf8Key.Comparer);

    /// <summary>The road's answer; null when the topic isn't the road's.</summary>
    public TelemetryBinding? Find(ReadOnlySpan<byte> topic)
    {
        if (road.TryFind(topic, out var found))
        {
            return found;
        }

        var byBytes = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (byBytes.TryGetValue(topic, out var binding))
        {
            return binding;
        }

        if (_known.Count >= Capacity)
        {
            _known.Clear();
        }

        binding = road.Bind(topic);
        _known[topic.ToArray()] = binding;
        return binding;
    }
}
