using System.ComponentModel.DataAnnotations;
using Alatau.Iot.Mqtt.Client;

namespace Alatau.Iot.Ingest.Sources;

/// <summary>A broker elsewhere whose messages take the same road.</summary>
public sealed class BridgeOptions : IValidatableObject
{
    /// <summary>A list: <c>Ingest:Bridges:0:…</c>, <c>Ingest:Bridges:1:…</c>.</summary>
    public const string SectionName = "Ingest:Bridges";

    /// <summary>Name in ledger, metrics and readiness, and of the asset <c>platform/bridge-NAME</c>; required, unique among the bridges, 1 to 57 characters out of A-Z a-z 0-9 - _ .</summary>
    [Required(AllowEmptyStrings = false)]
    [RegularExpression("[A-Za-z0-9_.-]{1,57}", ErrorMessage = "Write 1 to 57 characters out of A-Z a-z 0-9 - _ .")]
    public string Name { get; set; } = "";

    /// <summary>Address: <c>mqtt://[user:password@]host[:port]</c>, or <c>mqtts://</c>; required.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Broker { get; set; } = "";

    /// <summary>File that holds the password, so that it stands in no setting; default none.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Topic filters to subscribe to; default: all that the profiles' topic templates cover.</summary>
    public IList<string> Filters { get; set; } = [];

    /// <summary>Share group: several platforms that name the same group share the messages (<c>$share/group/filter</c>); default none.</summary>
    public string? Group { get; set; }

    /// <summary>Client id; with one, the broker keeps the session while the bridge is away. Default <c>alatau-</c>, the name, and the installation's own id, so that two platforms never take each other's session.</summary>
    public string? ClientId { get; set; }

    /// <summary>Quality of service to subscribe with, 0 to 2; default 1.</summary>
    [Range(0, 2)]
    public int QoS { get; set; } = 1;

    /// <summary>Protocol, 5 (default) or 4 for MQTT 3.1.1.</summary>
    [Range(4, 5)]
    public int Version { get; set; } = 5;

    /// <summary>How long the broker keeps what arrives while the bridge is away (5.0); default one hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Unacknowledged messages the broker may send, 1 to 65,535; default 1024. They are what waits in memory when the road is full.</summary>
    [Range(1, 65_535)]
    public int ReceiveMaximum { get; set; } = 1024;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Broker.Length > 0 && !MqttClientOptions.TryParse(Broker, out _))
        {
            yield return new ValidationResult("Expected mqtt://[user:password@]host[:port] or mqtts://…", [nameof(Broker)]);
        }

        if (PasswordFile is not null && !File.Exists(PasswordFile))
        {
            yield return new ValidationResult($"The file {PasswordFile} does not exist.", [nameof(PasswordFile)]);
        }

        if (Group is not null && (Group.Length == 0 || Group.AsSpan().IndexOfAny('/', '+', '#') >= 0))
        {
            yield return new ValidationResult("A share group's name is not empty and has no / + #.", [nameof(Group)]);
        }
    }

    internal MqttClientOptions ToClient(string installation, TimeProvider clock)
    {
        var client = MqttClientOptions.Parse(Broker);
        client.Password = PasswordFile is null ? client.Password : File.ReadAllText(PasswordFile).TrimEnd('\r', '\n');
        client.ClientId = ClientId ?? $"alatau-{Name}-{installation}";
        client.IsCleanStart = false;
        client.SessionExpiry = SessionExpiry;
        client.ReceiveMaximum = ReceiveMaximum;
        client.Version = (Mqtt.Packets.MqttProtocolVersion)Version;
        client.Time = clock;
        return client;
    }

    /// <summary>Its name in the ledger.</summary>
    public string RouteName => $"bridge:{Name}";
}
