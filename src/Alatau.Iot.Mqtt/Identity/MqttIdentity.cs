using System.Collections.Immutable;
using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Identity;

/// <summary>Who a connection is and which topics it may use. Immutable; shared by all connections of a user.</summary>
public sealed class MqttIdentity
{
    private static readonly ImmutableArray<ReadOnlyMemory<byte>> All = [new ReadOnlyMemory<byte>("#"u8.ToArray())];

    private readonly bool _publishesAll;
    private readonly bool _readsAll;

    /// <param name="name">The user's name; <c>anonymous</c> without one.</param>
    /// <param name="filters">UTF-8 topic filters granted for publishing and reading, in addition to what the role gives.</param>
    public MqttIdentity(string name, MqttRole role, ImmutableArray<ReadOnlyMemory<byte>> filters = default)
    {
        Name = name;
        Role = role;
        ImmutableArray<ReadOnlyMemory<byte>> own = filters.IsDefault ? [] : filters;
        _publishesAll = role == MqttRole.Service;
        _readsAll = role is MqttRole.Service or MqttRole.Operator;
        PublishFilters = _publishesAll ? All : own;
        SubscribeFilters = _readsAll ? All : own;
    }

    public string Name { get; }

    public MqttRole Role { get; }

    public ImmutableArray<ReadOnlyMemory<byte>> PublishFilters { get; }

    public ImmutableArray<ReadOnlyMemory<byte>> SubscribeFilters { get; }

    /// <summary>May this peer publish to the valid topic name? Names that begin with <c>$</c> are the server's own.</summary>
    public bool MayPublish(ReadOnlySpan<byte> topic)
    {
        if (topic.StartsWith("$"u8))
            return false;
        if (_publishesAll)
            return true;
        foreach (ReadOnlyMemory<byte> filter in PublishFilters)
        {
            if (TopicRules.Matches(filter.Span, topic))
                return true;
        }

        return false;
    }

    /// <summary>May this peer subscribe to the valid filter (without <c>$share</c>)? Only when one granted filter covers all it can match.</summary>
    public bool MaySubscribe(ReadOnlySpan<byte> filter)
    {
        if (_readsAll)
            return true;
        foreach (ReadOnlyMemory<byte> granted in SubscribeFilters)
        {
            if (TopicRules.Covers(granted.Span, filter))
                return true;
        }

        return false;
    }
}
