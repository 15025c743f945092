namespace Alatau.Iot.Mqtt.Server;

/// <summary>Topic bytes to <see cref="TopicEntry"/>, without a string, read without a lock, bounded.</summary>
/// <remarks>Open addressing with linear probing, at most seven eighths full: no object but the entry itself, whose name stands with others in a chunk. A place is written once; growing and forgetting make a new array.</remarks>
internal sealed class TopicTable(int maximum, MqttCounters counters)
{
    private const int SmallestSize = 64;
    private const int ChunkBytes = 16 << 10;

    private readonly Lock _gate = new();
    private TopicEntry?[] _places = new TopicEntry?[SmallestSize];
    private byte[] _chunk = [];
    private int _chunkUsed;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public bool TryGet(ReadOnlySpan<byte> topic, out TopicEntry entry)
    {
        TopicEntry? found = Find(topic, Utf8Key.Comparer.GetHashCode(topic));
        entry = found!;
        return found is not null;
    }

    /// <summary>Adds a topic name that was found valid.</summary>
    public TopicEntry GetOrAdd(ReadOnlySpan<byte> topic)
    {
        int hash = Utf8Key.Comparer.GetHashCode(topic);
        if (Find(topic, hash) is { } known)
            return known;
        lock (_gate)
        {
            if (Find(topic, hash) is { } entered)
                return entered;
            if (_count >= maximum)
                Forget();
            TopicEntry entry = Write(topic, hash);
            if ((_count + 1) * 8L > _places.Length * 7L)
                Volatile.Write(ref _places, Of(_places.OfType<TopicEntry>(), _places.Length * 2));
            Put(_places, entry);
            Volatile.Write(ref _count, _count + 1);
            return entry;
        }
    }

    /// <summary>Puts the name behind those written before.</summary>
    private TopicEntry Write(ReadOnlySpan<byte> topic, int hash)
    {
        if (topic.Length > _chunk.Length - _chunkUsed)
            (_chunk, _chunkUsed) = (new byte[Math.Max(ChunkBytes, topic.Length)], 0);
        topic.CopyTo(_chunk.AsSpan(_chunkUsed));
        var entry = new TopicEntry(_chunk, _chunkUsed, (ushort)topic.Length, hash);
        _chunkUsed += topic.Length;
        return entry;
    }

    private static void Put(TopicEntry?[] places, TopicEntry entry)
    {
        int mask = places.Length - 1;
        int at = entry.Hash & mask;
        while (places[at] is not null)
            at = (at + 1) & mask;
        Volatile.Write(ref places[at], entry);
    }

    private static TopicEntry?[] Of(IEnumerable<TopicEntry> entries, int size)
    {
        var places = new TopicEntry?[size];
        foreach (TopicEntry entry in entries)
            Put(places, entry);
        return places;
    }

    private TopicEntry? Find(ReadOnlySpan<byte> topic, int hash)
    {
        TopicEntry?[] places = Volatile.Read(ref _places);
        int mask = places.Length - 1;
        for (int at = hash & mask; ; at = (at + 1) & mask)
        {
            TopicEntry? entry = Volatile.Read(ref places[at]);
            if (entry is null || (entry.Hash == hash && topic.SequenceEqual(entry.Topic)))
                return entry;
        }
    }

    /// <summary>Makes room: topics the road doesn't know go first; when these are few, all go. They come back with their next message.</summary>
    private void Forget()
    {
        counters.Count(MqttEvent.TopicTableFull);
        List<TopicEntry> kept = [.. _places.OfType<TopicEntry>().Where(entry => entry.IsBound)];
        if (kept.Count > maximum - (maximum / 4))
            kept = [];
        Volatile.Write(ref _places, Of(kept, _places.Length));
        Volatile.Write(ref _count, kept.Count);
    }
}
