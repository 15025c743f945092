using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>The last retained message of each topic, by topic level, bounded.</summary>
internal sealed class RetainedMessages(int maximum)
{
    private readonly Lock _gate = new();
    private readonly Node _root = new(null, []);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Keeps, replaces, or (empty payload, 3.3.1-6) removes. False when a new topic finds no room.</summary>
    public bool Set(scoped ref Publication publication)
    {
        lock (_gate)
        {
            ReadOnlySpan<byte> rest = publication.Topic;
            bool isRemoval = publication.Payload.IsEmpty;
            Node? node = _root;
            bool more = true;
            while (more)
            {
                ReadOnlySpan<byte> level = TopicRules.TakeLevel(ref rest, out more);
                node = isRemoval ? node.Find(level) : node.Descend(level);
                if (node is null)
                    return true;
            }

            if (isRemoval)
            {
                if (node.Message is not null)
                    _count--;
                node.Message = null;
                node.Prune();
                return true;
            }

            if (node.Message is null)
            {
                if (_count >= maximum)
                {
                    node.Prune();
                    return false;
                }

                _count++;
            }

            node.Message = publication.Store();
            return true;
        }
    }

    /// <summary>All retained messages the valid filter matches.</summary>
    public List<StoredMessage> Match(ReadOnlySpan<byte> filter)
    {
        var found = new List<StoredMessage>();
        lock (_gate)
            Collect(_root, filter, hasLevel: true, found);
        return found;
    }

    private static void Collect(Node node, ReadOnlySpan<byte> filter, bool hasLevel, List<StoredMessage> found)
    {
        if (!hasLevel)
        {
            if (node.Message is { } message)
                found.Add(message);
            return;
        }

        ReadOnlySpan<byte> rest = filter;
        ReadOnlySpan<byte> level = TopicRules.TakeLevel(ref rest, out bool more);
        if (level is [(byte)'#'])
        {
            CollectAll(node, found);
        }
        else if (level is [(byte)'+'])
        {
            foreach (Node child in node.Children)
            {
                if (node.IsRoot && child.IsDollar)
                    continue;
                Collect(child, rest, more, found);
            }
        }
        else if (node.Find(level) is { } child)
        {
            Collect(child, rest, more, found);
        }
    }

    private static void CollectAll(Node node, List<StoredMessage> found)
    {
        if (node.Message is { } message)
            found.Add(message);
        foreach (Node child in node.Children)
        {
            if (!(node.IsRoot && child.IsDollar))
                CollectAll(child, found);
        }
    }

    private sealed class Node(Node? parent, byte[] key)
    {
        private Dictionary<byte[], Node>? _children;

        public StoredMessage? Message { get; set; }

        public bool IsRoot => parent is null;

        public bool IsDollar => key is [(byte)'$', ..];

        public IEnumerable<Node> Children => _children is null ? [] : _children.Values;

        public Node? Find(ReadOnlySpan<byte> level)
            => _children is not null && _children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(level, out Node? child) ? child : null;

        public Node Descend(ReadOnlySpan<byte> level)
        {
            if (Find(level) is { } child)
                return child;
            byte[] own = level.ToArray();
            return (_children ??= new Dictionary<byte[], Node>(Utf8Key.Comparer))[own] = new Node(this, own);
        }

        public void Prune()
        {
            if (parent is null || Message is not null || _children is { Count: > 0 })
                return;
            parent._children!.Remove(key);
            parent.Prune();
        }
    }
}
