using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>All subscriptions by topic level. Every change raises <see cref="Version"/>, so that a topic's matches can be remembered.</summary>
/// <remarks>Changes and matching are under one lock; the telemetry path only compares the version.</remarks>
internal sealed class SubscriptionTree
{
    private readonly Lock _gate = new();
    private readonly Node _root = new(null, []);

    // Reused under the gate: a hundred thousand new topics in a minute would leave two lists each behind.
    private readonly List<Subscription> _found = [];
    private readonly List<SharedGroup> _groups = [];
    private TopicMatches _none = new(1, [], []);
    private long _version = 1;

    public long Version => Volatile.Read(ref _version);

    /// <summary>Adds or replaces; the filter is valid and without its <c>$share/group/</c>, which comes as <paramref name="group"/>.</summary>
    public void Set(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> group, Subscription subscription)
    {
        lock (_gate)
        {
            Node node = _root;
            bool more = true;
            while (more)
                node = node.Descend(TopicRules.TakeLevel(ref filter, out more));
            if (group.IsEmpty)
                node.Plain = [.. node.Plain.Where(other => other.Session != subscription.Session), subscription];
            else
                node.Group(group).Set(subscription);
            Changed();
        }
    }

    public void Remove(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> group, MqttSession session)
    {
        lock (_gate)
        {
            Node? node = _root;
            bool more = true;
            while (more && node is not null)
                node = node.Find(TopicRules.TakeLevel(ref filter, out more));
            if (node is null)
                return;
            if (group.IsEmpty)
                node.Plain = [.. node.Plain.Where(other => other.Session != session)];
            else
                node.LeaveGroup(group, session);
            node.Prune();
            Changed();
        }
    }

    /// <summary>Who gets a message on the valid topic name.</summary>
    public TopicMatches Match(ReadOnlySpan<byte> topic)
    {
        lock (_gate)
        {
            _found.Clear();
            _groups.Clear();
            Collect(_root, topic, hasLevel: true, isFirst: topic.StartsWith("$"u8), _found, _groups);
            return _found.Count == 0 && _groups.Count == 0 ? _none : new TopicMatches(_version, Merge(_found), [.. _groups]);
        }
    }

    /// <summary>Whether a subscription matches a topic that <paramref name="filter"/> matches; a valid filter without <c>#</c> or <c>$</c>.</summary>
    public bool MayMatch(ReadOnlySpan<byte> filter)
    {
        lock (_gate)
            return Overlaps(_root, filter, hasLevel: true);
    }

    private static bool Overlaps(Node node, ReadOnlySpan<byte> rest, bool hasLevel)
    {
        if (node.Hash is not null)
            return true;
        if (!hasLevel)
            return node.HoldsAny;
        ReadOnlySpan<byte> level = TopicRules.TakeLevel(ref rest, out bool more);
        if (node.Plus is { } plus && Overlaps(plus, rest, more))
            return true;
        if (level is not [(byte)'+'])
            return node.Find(level) is { } child && Overlaps(child, rest, more);
        foreach (Node named in node.Named)
        {
            if (Overlaps(named, rest, more))
                return true;
        }

        return false;
    }

    private static void Collect(Node node, ReadOnlySpan<byte> rest, bool hasLevel, bool isFirst, List<Subscription> found, List<SharedGroup> groups)
    {
        if (!isFirst && node.Hash is { } hash)
            hash.AddTo(found, groups);
        if (!hasLevel)
        {
            node.AddTo(found, groups);
            return;
        }

        ReadOnlySpan<byte> level = TopicRules.TakeLevel(ref rest, out bool more);
        if (node.Find(level) is { } child)
            Collect(child, rest, more, isFirst: false, found, groups);
        if (!isFirst && node.Plus is { } plus)
            Collect(plus, rest, more, isFirst: false, found, groups);
    }

    private static TopicMatch[] Merge(List<Subscription> found)
    {
        if (found.Count == 1)
            return [MergeOne(found)];
        return [.. found.GroupBy(subscription => subscription.Session).Select(own => MergeOne([.. own]))];
    }

    private static TopicMatch MergeOne(List<Subscription> own)
    {
        int qos = 0;
        int foreign = -1;
        bool isRetainAsPublished = false;
        PropertyWriter? identifiers = null;
        foreach (Subscription subscription in own)
        {
            qos = Math.Max(qos, subscription.Options.QoS);
            if (!subscription.Options.IsNoLocal)
                foreign = Math.Max(foreign, subscription.Options.QoS);
            isRetainAsPublished |= subscription.Options.IsRetainAsPublished;
            if (subscription.Identifier != 0)
                (identifiers ??= new PropertyWriter()).VariableInteger(MqttPropertyId.SubscriptionIdentifier, subscription.Identifier);
        }

        return new TopicMatch(own[0].Session, qos, foreign, isRetainAsPublished, identifiers is null ? [] : identifiers.Encoded.ToArray());
    }

    private void Changed()
    {
        long version = _version + 1;
        _none = new TopicMatches(version, [], []);
        Volatile.Write(ref _version, version);
    }

    private sealed class Node(Node? parent, byte[] key)
    {
        private Dictionary<byte[], Node>? _children;
        private List<SharedGroup>? _groups;

        public Subscription[] Plain { get; set; } = [];

        public bool HoldsAny => Plain.Length > 0 || _groups is { Count: > 0 };

        /// <summary>Children by name, not by wildcard.</summary>
        public IEnumerable<Node> Named => _children is null ? [] : _children.Values;

        public Node? Plus { get; private set; }

        public Node? Hash { get; private set; }

        public Node Descend(ReadOnlySpan<byte> level)
        {
            if (level is [(byte)'+'])
                return Plus ??= new Node(this, [(byte)'+']);
            if (level is [(byte)'#'])
                return Hash ??= new Node(this, [(byte)'#']);
            _children ??= new Dictionary<byte[], Node>(Utf8Key.Comparer);
            Dictionary<byte[], Node>.AlternateLookup<ReadOnlySpan<byte>> lookup = _children.GetAlternateLookup<ReadOnlySpan<byte>>();
            if (lookup.TryGetValue(level, out Node? child))
                return child;
            byte[] own = level.ToArray();
            return _children[own] = new Node(this, own);
        }

        /// <summary>The child of a level of a name or filter; wildcards are found as such.</summary>
        public Node? Find(ReadOnlySpan<byte> level)
        {
            if (level is [(byte)'+'])
                return Plus;
            if (level is [(byte)'#'])
                return Hash;
            return _children is not null && _children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(level, out Node? child) ? child : null;
        }

        public SharedGroup Group(ReadOnlySpan<byte> name)
        {
            _groups ??= [];
            foreach (SharedGroup group in _groups)
            {
                if (name.SequenceEqual(group.Name))
                    return group;
            }

            var added = new SharedGroup(name.ToArray());
            _groups.Add(added);
            return added;
        }

        public void LeaveGroup(ReadOnlySpan<byte> name, MqttSession session)
        {
            SharedGroup group = Group(name);
            group.Remove(session);
            if (group.IsEmpty)
                _groups!.Remove(group);
        }

        public void AddTo(List<Subscription> found, List<SharedGroup> groups)
        {
            found.AddRange(Plain);
            if (_groups is not null)
                groups.AddRange(_groups);
        }

        /// <summary>Takes nodes that hold nothing out of the tree, from here upwards.</summary>
        public void Prune()
        {
            if (parent is null || Plain.Length > 0 || _groups is { Count: > 0 } || _children is { Count: > 0 } || Plus is not null || Hash is not null)
                return;
            if (parent.Plus == this)
                parent.Plus = null;
            else if (parent.Hash == this)
                parent.Hash = null;
            else
                parent._children!.Remove(key);
            parent.Prune();
        }
    }
}
