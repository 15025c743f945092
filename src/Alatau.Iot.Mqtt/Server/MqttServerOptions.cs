using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>Settings of the MQTT server; every bound has a default that a city's head-end can live with.</summary>
public sealed class MqttServerOptions
{
    public const string SectionName = "Mqtt";
    public const int DefaultPort = 1883;
    public const int DefaultTlsPort = 8883;
    public const int DefaultMaximumPacketSize = 1024 * 1024;
    public const int DefaultMaximumConnectPacketSize = 32 * 1024;
    public const int DefaultMaximumConnections = 100_000;
    public const int DefaultReceiveMaximum = 8192;
    public const int DefaultMaximumInFlight = 256;
    public const int DefaultTopicAliasMaximum = 64;
    public const int DefaultMaximumTopics = 1_048_576;
    public const int DefaultMaximumRetainedMessages = 100_000;
    public const int DefaultMaximumSubscriptionsPerClient = 1000;
    public const int DefaultMaximumDetachedSessions = 10_000;
    public const int DefaultOutgoingQueueBytes = 4 * 1024 * 1024;

    /// <summary>TCP port; 0 lets the system choose. Default 1883.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; } = DefaultPort;

    /// <summary>TCP port for TLS, used when <see cref="CertificatePath"/> is set; 0 lets the system choose. Default 8883.</summary>
    [Range(0, 65_535)]
    public int TlsPort { get; set; } = DefaultTlsPort;

    /// <summary>PEM file with the certificate and its chain, or a PFX file; null (default) switches TLS off.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>PEM file with the private key; null (default) when it is in <see cref="CertificatePath"/>.</summary>
    public string? KeyPath { get; set; }

    /// <summary>Largest packet a peer may send, header and body, bytes. A larger one is refused from its header. Default 1 MiB.</summary>
    [Range(1024, 268_435_460)]
    public int MaximumPacketSize { get; set; } = DefaultMaximumPacketSize;

    /// <summary>Largest CONNECT, bytes: what a stranger can make the server hold. Default 32 KiB.</summary>
    [Range(256, 1024 * 1024)]
    public int MaximumConnectPacketSize { get; set; } = DefaultMaximumConnectPacketSize;

    /// <summary>Connections at one time, silent ones included; one more is closed at once. Default 100,000.</summary>
    [Range(1, 10_000_000)]
    public int MaximumConnections { get; set; } = DefaultMaximumConnections;

    /// <summary>A connection that hasn't sent a whole CONNECT after this time is closed. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest keep-alive a 5.0 peer gets (Server Keep Alive in CONNACK), also for a peer that asks for none. Default 18 h 12 min 15 s, the standard's largest.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "18:12:15")]
    public TimeSpan MaximumKeepAlive { get; set; } = TimeSpan.FromSeconds(ushort.MaxValue);

    /// <summary>Unacknowledged QoS 1 and 2 messages a peer may have under way. A 5.0 peer that sends more is disconnected, a 3.1.1 peer isn't read until acknowledgements are out. Default 8192.</summary>
    [Range(1, 65_535)]
    public int ReceiveMaximum { get; set; } = DefaultReceiveMaximum;

    /// <summary>Unacknowledged QoS 1 and 2 messages the server has under way to one peer; a 5.0 peer may lower it. Default 256.</summary>
    [Range(1, 65_535)]
    public int MaximumInFlight { get; set; } = DefaultMaximumInFlight;

    /// <summary>Topic aliases a 5.0 peer may set. Default 64.</summary>
    [Range(0, 65_535)]
    public int TopicAliasMaximum { get; set; } = DefaultTopicAliasMaximum;

    /// <summary>Topics the server remembers; when full, those the road doesn't know are forgotten first. Default 1,048,576.</summary>
    [Range(16, 100_000_000)]
    public int MaximumTopics { get; set; } = DefaultMaximumTopics;

    /// <summary>Retained messages; a new topic beyond is delivered but not retained, and counted. Default 100,000.</summary>
    [Range(0, 100_000_000)]
    public int MaximumRetainedMessages { get; set; } = DefaultMaximumRetainedMessages;

    /// <summary>Subscriptions of one peer; one more is answered with Quota exceeded. Default 1000.</summary>
    [Range(1, 1_000_000)]
    public int MaximumSubscriptionsPerClient { get; set; } = DefaultMaximumSubscriptionsPerClient;

    /// <summary>Sessions kept in memory for peers that are away; one more isn't kept. Default 10,000.</summary>
    [Range(0, 10_000_000)]
    public int MaximumDetachedSessions { get; set; } = DefaultMaximumDetachedSessions;

    /// <summary>Longest time a session is kept for a peer that is away. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan MaximumSessionExpiry { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Bytes that may wait for one slow subscriber, once for what is encoded and once for queued QoS 1 and 2 messages; beyond, messages for it are dropped and counted. Default 4 MiB.</summary>
    [Range(4096, 1024 * 1024 * 1024)]
    public int OutgoingQueueBytes { get; set; } = DefaultOutgoingQueueBytes;

    /// <summary>Longest time a stop waits for acknowledgements and unsent bytes. Default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>All faults at once, one sentence each; empty when the settings hold.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), faults, validateAllProperties: true);
        var sentences = faults.ConvertAll(fault => $"{SectionName}:{fault.MemberNames.FirstOrDefault()}: {fault.ErrorMessage}");
        if (KeyPath is not null && CertificatePath is null)
            sentences.Add($"{SectionName}:{nameof(KeyPath)}: a key without {nameof(CertificatePath)} has no use.");
        foreach ((string name, string? path) in new[] { (nameof(CertificatePath), CertificatePath), (nameof(KeyPath), KeyPath) })
        {
            if (path is not null && !File.Exists(path))
                sentences.Add($"{SectionName}:{name}: the file {path} does not exist.");
        }

        return sentences;
    }
}
