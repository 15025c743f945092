using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>The five answers a sink may give.</summary>
public enum PublishVerdictKind
{
    /// <summary>Taken; acknowledge at once.</summary>
    Taken,

    /// <summary>Taken; acknowledge when the commit position has reached <see cref="PublishVerdict.Position"/>.</summary>
    TakenAt,

    /// <summary>Not taken and not delivered to subscribers. 5.0: the reason travels in PUBACK or PUBREC; 3.1.1 has no negative
    /// acknowledgement, so it is acknowledged and counted. QoS 0: counted.</summary>
    Refused,

    /// <summary>No room now; the connection stops reading, waits for room and offers the same message again.</summary>
    Busy,

    /// <summary>Not the road's; a plain broker message.</summary>
    NotMine,
}

/// <summary>A sink's answer to one offered message.</summary>
public readonly record struct PublishVerdict
{
    private PublishVerdict(PublishVerdictKind kind, MqttReasonCode reason, long position)
    {
        Kind = kind;
        Reason = reason;
        Position = position;
    }

    public static PublishVerdict Taken => new(PublishVerdictKind.Taken, MqttReasonCode.Success, 0);

    public static PublishVerdict Busy => new(PublishVerdictKind.Busy, MqttReasonCode.Success, 0);

    public static PublishVerdict NotMine => new(PublishVerdictKind.NotMine, MqttReasonCode.Success, 0);

    public PublishVerdictKind Kind { get; }

    /// <summary>Set for <see cref="PublishVerdictKind.Refused"/>: one of the codes PUBACK allows (MQTT 5.0, 3.4.2.1).</summary>
    public MqttReasonCode Reason { get; }

    /// <summary>Set for <see cref="PublishVerdictKind.TakenAt"/>.</summary>
    public long Position { get; }

    /// <summary>Positions of one sink never fall.</summary>
    public static PublishVerdict TakenAt(long position) => new(PublishVerdictKind.TakenAt, MqttReasonCode.Success, position);

    /// <exception cref="ArgumentOutOfRangeException">The reason isn't a failure.</exception>
    public static PublishVerdict Refused(MqttReasonCode reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((int)reason, 0x80, nameof(reason));
        return new PublishVerdict(PublishVerdictKind.Refused, reason, 0);
    }
}
