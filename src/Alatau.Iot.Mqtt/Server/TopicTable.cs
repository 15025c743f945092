using System.Collections.Concurrent;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>What the server remembers about one valid topic name: its binding on the road and who listens, each with the version it holds for.</summary>
internal sealed class TopicEntry(byte[] topic)
{
    private Bound? _bound;
    private TopicMatches? _matches;

    /// <summary>UTF-8; never altered.</summary>
    public byte[] Topic { get; } = topic;

    public bool IsBound => _bound is { Binding: not null };

    public TopicMatches MatchesOf(SubscriptionTree tree)
    {
        TopicMatches? matches = _matches;
        if (matches is null || matches.Version != tree.Version)
            _matches = matches = tree.Match(Topic);
        return matches;
    }

    public TopicBinding? BindingOf(IMqttPublishSink sink, long version)
    {
        Bound? bound = _bound;
        if (bound is null || bound.Version != version)
            _bound = bound = new Bound(version, sink.Bind(Topic));
        return bound.Binding;
    }

    private sealed record Bound(long Version, TopicBinding? Binding);
}

/// <summary>Topic bytes to <see cref="TopicEntry"/>, without a string, read without a lock, bounded.</summary>
internal sealed class TopicTable
{
    private readonly ConcurrentDictionary<byte[], TopicEntry> _entries = new(Utf8Key.Comparer);
    private readonly ConcurrentDictionary<byte[], TopicEntry>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly Lock _gate = new();
    private readonly int _maximum;
    private readonly MqttCounters _counters;
    private int _count;

    public TopicTable(int maximum, MqttCounters counters)
    {
        _maximum = maximum;
        _counters = counters;
        _lookup = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Count => Volatile.Read(ref _count);

    public bool TryGet(ReadOnlySpan<byte> topic, out TopicEntry entry) => _lookup.TryGetValue(topic, out entry!);

    /// <summary>Adds a topic name that was found valid.</summary>
    public TopicEntry GetOrAdd(ReadOnlySpan<byte> topic)
    {
        if (_lookup.TryGetValue(topic, out TopicEntry? entry))
            return entry;
        lock (_gate)
        {
            if (_lookup.TryGetValue(topic, out entry))
                return entry;
            if (_count >= _maximum)
                Forget();
            entry = new TopicEntry(topic.ToArray());
            _entries[entry.Topic] = entry;
            Volatile.Write(ref _count, _count + 1);
            return entry;
        }
    }

    /// <summary>Makes room: topics the road doesn't know go first; when these are few, all go. They come back with their next message.</summary>
    private void Forget()
    {
        _counters.Count(MqttEvent.TopicTableFull);
        foreach ((byte[] topic, TopicEntry entry) in _entries)
        {
            if (!entry.IsBound && _entries.TryRemove(topic, out _))
                _count--;
        }

        if (_count <= _maximum - (_maximum / 4))
            return;
        _entries.Clear();
        _count = 0;
    }
}
