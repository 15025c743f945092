namespace Alatau.Iot.Mqtt.Server;

/// <summary>The closed set of things the server counts besides messages: why a peer or a message was refused, dropped or closed.</summary>
public enum MqttEvent
{
    /// <summary>A transport connection was accepted.</summary>
    ConnectionAccepted,

    /// <summary>Closed at once: too many connections.</summary>
    ConnectionLimit,

    /// <summary>Closed: no whole CONNECT in time.</summary>
    ConnectTimeout,

    /// <summary>The first bytes aren't a CONNECT (another protocol, a scanner).</summary>
    NotMqtt,

    /// <summary>A protocol level that isn't 3.1.1 or 5.0.</summary>
    UnsupportedVersion,
    BadCredentials,

    /// <summary>A client id that is empty without clean session, or belongs to another user's session.</summary>
    ClientIdRefused,

    /// <summary>CONNECT refused for another reason (enhanced authentication asked, stopping, will not allowed).</summary>
    ConnectRefused,
    Connected,

    /// <summary>DISCONNECT by the peer.</summary>
    Disconnected,

    /// <summary>The transport ended between two packets without DISCONNECT.</summary>
    ConnectionLost,

    /// <summary>The transport ended inside a packet.</summary>
    StoppedMidPacket,
    KeepAliveTimeout,
    SessionTakenOver,
    MalformedPacket,
    ProtocolError,
    PacketTooLarge,

    /// <summary>A topic name with a wildcard, or empty.</summary>
    TopicNameInvalid,
    TopicAliasInvalid,
    ReceiveMaximumExceeded,

    /// <summary>The user was removed or changed while connected.</summary>
    CredentialsWithdrawn,
    PublishNotAuthorised,
    SubscribeNotAuthorised,

    /// <summary>SUBSCRIBE with a filter that isn't one.</summary>
    FilterInvalid,
    SubscriptionLimit,

    /// <summary>The road refused the message.</summary>
    PublishRefused,

    /// <summary>A QoS 2 message that was already taken came again.</summary>
    DuplicateSuppressed,

    /// <summary>The road was busy and the connection waited.</summary>
    RoadBusy,

    /// <summary>A message for a slow subscriber was dropped: its queue was full.</summary>
    SubscriberQueueFull,

    /// <summary>A message larger than the subscriber's maximum packet size was not sent to it.</summary>
    SubscriberPacketLimit,

    /// <summary>A message expired before it could be sent.</summary>
    MessageExpired,

    /// <summary>A retained message beyond the limit was not kept.</summary>
    RetainedLimit,

    /// <summary>The table of topics was full and forgot.</summary>
    TopicTableFull,

    /// <summary>A session wasn't kept: too many peers are away.</summary>
    DetachedSessionLimit,
    SessionExpired,
    WillPublished,

    /// <summary>A fault of ours while serving one connection; it was closed.</summary>
    InternalError,
}
