using System.ComponentModel.DataAnnotations;
using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Client;

/// <summary>How a client connects. Read once at connect; may be shared by many clients when <see cref="ClientId"/> is empty.</summary>
public sealed class MqttClientOptions
{
    public const int DefaultMaximumInFlight = 256;
    public const int DefaultReceiveMaximum = 1024;
    public const int DefaultMaximumPacketSize = 1024 * 1024;
    public const int DefaultOutgoingQueueBytes = 256 * 1024;

    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>Default 1883; 8883 by <c>mqtts://</c>.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 1883;

    public bool UseTls { get; set; }

    /// <summary>PEM file with the authority that signed the server's certificate; null (default) trusts the system's authorities.</summary>
    public string? AuthorityPath { get; set; }

    public string? UserName { get; set; }

    /// <summary>Never logged.</summary>
    public string? Password { get; set; }

    /// <summary>Empty (default) lets the server choose; needs a clean start in 3.1.1.</summary>
    public string ClientId { get; set; } = "";

    public MqttProtocolVersion Version { get; set; } = MqttProtocolVersion.V5;

    /// <summary>Default 60 s; zero switches it off.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "18:12:15")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Start without the session the server may still have. Default true.</summary>
    public bool IsCleanStart { get; set; } = true;

    /// <summary>How long the server keeps the session after the connection; 5.0 only. Default zero.</summary>
    public TimeSpan SessionExpiry { get; set; }

    public MqttWill? Will { get; set; }

    /// <summary>Unacknowledged messages the server may send us; 5.0 only. Default 1024.</summary>
    [Range(1, 65_535)]
    public int ReceiveMaximum { get; set; } = DefaultReceiveMaximum;

    /// <summary>Unacknowledged QoS 1 and 2 messages we send at most; a 5.0 server may lower it. Default 256.</summary>
    [Range(1, 65_535)]
    public int MaximumInFlight { get; set; } = DefaultMaximumInFlight;

    /// <summary>Largest packet we accept, bytes. Default 1 MiB.</summary>
    [Range(1024, 268_435_460)]
    public int MaximumPacketSize { get; set; } = DefaultMaximumPacketSize;

    /// <summary>Bytes that may wait to be sent; beyond, publishing has no room. Default 256 KiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int OutgoingQueueBytes { get; set; } = DefaultOutgoingQueueBytes;

    /// <summary>From the socket's first step to CONNACK. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Shortest pause before connecting again (<see cref="MqttLink"/>). Default 500 ms.</summary>
    public TimeSpan ReconnectMinimum { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause. Default 30 s.</summary>
    public TimeSpan ReconnectMaximum { get; set; } = TimeSpan.FromSeconds(30);

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Jitter of the pauses; seed it to reproduce them.</summary>
    public Random Random { get; set; } = new(Environment.ProcessId ^ Environment.TickCount);

    /// <summary>Reads <c>mqtt://user:password@host:port</c> or <c>mqtts://…</c>; ports default to 1883 and 8883.</summary>
    /// <exception cref="FormatException">Not such an address; the message never holds the password.</exception>
    public static MqttClientOptions Parse(string address)
        => TryParse(address, out MqttClientOptions? options) ? options : throw new FormatException("Expected mqtt://[user:password@]host[:port] or mqtts://…");

    public static bool TryParse(string? address, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MqttClientOptions? options)
    {
        options = null;
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("mqtt" or "mqtts" or "tcp" or "ssl") || uri.Host.Length == 0 || uri.PathAndQuery is not ("" or "/"))
            return false;
        bool useTls = uri.Scheme is "mqtts" or "ssl";
        options = new MqttClientOptions { Host = uri.IdnHost.Trim('[', ']'), UseTls = useTls, Port = uri.Port > 0 ? uri.Port : useTls ? 8883 : 1883 };
        if (uri.UserInfo.Length == 0)
            return true;
        string[] user = uri.UserInfo.Split(':', 2);
        options.UserName = Uri.UnescapeDataString(user[0]);
        options.Password = user.Length == 2 ? Uri.UnescapeDataString(user[1]) : null;
        return true;
    }

    /// <summary>The same settings in a new object.</summary>
    public MqttClientOptions Clone() => (MqttClientOptions)MemberwiseClone();

    /// <summary>All faults at once; empty when the settings hold.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), faults, validateAllProperties: true);
        var sentences = faults.ConvertAll(fault => $"{fault.MemberNames.FirstOrDefault()}: {fault.ErrorMessage}");
        if (ClientId.Length == 0 && !IsCleanStart)
            sentences.Add($"{nameof(ClientId)}: a session that is to be resumed needs a client id.");
        if (ReconnectMinimum <= TimeSpan.Zero || ReconnectMaximum < ReconnectMinimum)
            sentences.Add($"{nameof(ReconnectMinimum)}: must be above zero and not above {nameof(ReconnectMaximum)}.");
        return sentences;
    }
}

/// <summary>What the server publishes for us when we vanish.</summary>
/// <param name="Topic">A topic name.</param>
/// <param name="QoS">0 to 2.</param>
public sealed record MqttWill(string Topic, ReadOnlyMemory<byte> Payload, int QoS = 0, bool IsRetained = false, TimeSpan Delay = default);
