namespace Alatau.Iot.Mqtt.Server;

/// <summary>What the server remembers about one valid topic name: its binding on the road and who listens, each with the version it holds for. 64 bytes beside the name.</summary>
/// <param name="text">Where the name stands, with those of others; never altered.</param>
/// <param name="offset">Of the name's first byte.</param>
/// <param name="length">Of the name.</param>
/// <param name="hash">Of the topic's bytes, by <see cref="Utf8Key"/>.</param>
internal sealed class TopicEntry(byte[] text, int offset, ushort length, int hash)
{
    private const int Unbound = -1;
    private const int BeingBound = -2;

    private static readonly Lock s_binding = new();

    private object? _road;
    private TopicMatches? _matches;
    private int _number;
    private int _boundVersion = Unbound;

    /// <summary>An entry that stands in no table.</summary>
    public TopicEntry(ReadOnlySpan<byte> topic)
        : this(topic.ToArray(), 0, (ushort)topic.Length, 0)
    {
    }

    /// <summary>UTF-8; never altered.</summary>
    public ReadOnlySpan<byte> Topic => text.AsSpan(offset, length);

    /// <summary>Of the topic's bytes, by <see cref="Utf8Key"/>; 0 for an entry that stands in no table.</summary>
    public int Hash => hash;

    public bool IsBound => Volatile.Read(ref _road) is not null;

    public TopicMatches MatchesOf(SubscriptionTree tree)
    {
        TopicMatches? matches = _matches;
        if (matches is null || matches.Version != tree.Version)
            _matches = matches = tree.Match(Topic);
        return matches;
    }

    /// <summary>What the road knows of the topic, asked once for each version of what it knows.</summary>
    /// <param name="version">Not negative; never falls.</param>
    public TopicBinding BindingOf(IMqttPublishSink sink, int version)
    {
        // Object and number are read between two looks at the version they hold for; a writer takes the version away first.
        if (Volatile.Read(ref _boundVersion) == version)
        {
            object? road = Volatile.Read(ref _road);
            int number = Volatile.Read(ref _number);
            if (Volatile.Read(ref _boundVersion) == version)
                return new TopicBinding(road, number);
        }

        TopicBinding binding = sink.Bind(Topic);
        lock (s_binding)
        {
            if (_boundVersion < version)
            {
                Volatile.Write(ref _boundVersion, BeingBound);
                Interlocked.MemoryBarrier();
                Volatile.Write(ref _road, binding.Road);
                Volatile.Write(ref _number, binding.Number);
                Volatile.Write(ref _boundVersion, version);
            }
        }

        return binding;
    }
}
