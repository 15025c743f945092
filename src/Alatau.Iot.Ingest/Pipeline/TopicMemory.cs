namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>What the road answered for each topic of a bridge or of the journal, so that it is asked once. Found by the topic's bytes; one thread at a time.</summary>
public sealed class TopicMemory(TelemetryRoad road)
{
    /// <summary>Topics kept; past it all are forgotten and asked again.</summary>
    private const int Capacity = 1_000_000;

    private readonly Dictionary<byte[], TelemetryBinding?> _known = new(Comparer.Instance);

    /// <summary>The road's answer; null when the topic isn't the road's.</summary>
    public TelemetryBinding? Find(ReadOnlySpan<byte> topic)
    {
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

    private sealed class Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Comparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes) => GetHashCode(bytes.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
