using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>One filter of one session. Replaced, never changed.</summary>
/// <param name="Text">The filter as asked, <c>$share/group/</c> included.</param>
/// <param name="Identifier">Subscription identifier (3.8.2.1.2); 0 for none.</param>
internal sealed record Subscription(MqttSession Session, byte[] Text, SubscriptionOptions Options, uint Identifier);

/// <summary>The subscriptions of one group on one filter: each message goes to one of them, in turn, connected ones first (4.8.2).</summary>
internal sealed class SharedGroup(byte[] name)
{
    private Subscription[] _members = [];
    private uint _next;

    public byte[] Name { get; } = name;

    public bool IsEmpty => _members.Length == 0;

    public void Set(Subscription subscription)
        => _members = [.. _members.Where(member => member.Session != subscription.Session), subscription];

    public bool Remove(MqttSession session)
    {
        int before = _members.Length;
        _members = [.. _members.Where(member => member.Session != session)];
        return _members.Length != before;
    }

    /// <summary>Who is next; null when nobody is left.</summary>
    public Subscription? Pick()
    {
        Subscription[] members = _members;
        if (members.Length == 0)
            return null;
        uint start = Interlocked.Increment(ref _next);
        for (uint offset = 0; offset < members.Length; offset++)
        {
            Subscription member = members[(start + offset) % (uint)members.Length];
            if (member.Session.Connection is not null)
                return member;
        }

        return members[start % (uint)members.Length];
    }
}

/// <summary>All that one session subscribed to and that matches one topic, as one delivery (3.3.4: highest QoS, all identifiers).</summary>
/// <param name="QoS">Highest granted.</param>
/// <param name="ForeignQoS">Highest granted among subscriptions that also want the session's own messages; -1 when all are no-local.</param>
/// <param name="Identifiers">Encoded subscription identifier properties.</param>
internal sealed record TopicMatch(MqttSession Session, int QoS, int ForeignQoS, bool IsRetainAsPublished, byte[] Identifiers);

/// <summary>Everybody one topic goes to, at one version of the subscription tree.</summary>
internal sealed record TopicMatches(long Version, TopicMatch[] Direct, SharedGroup[] Shared)
{
    public bool IsEmpty => Direct.Length == 0 && Shared.Length == 0;
}
