using System.Text;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>A message as every source hands it to the road. Borrowed: valid during the call only.</summary>
public readonly ref struct RoadMessage
{
    /// <summary>UTF-8; for HTTP the topic that a device would have used.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }

    public Instant ReceivedAt { get; init; }

    /// <summary>Whether a broker kept it, so that its age is unknown.</summary>
    public bool IsRetained { get; init; }

    /// <summary>Index of the route in the ledger.</summary>
    public byte Route { get; init; }

    /// <summary>UTF-8 name of the sender: MQTT client id, or address.</summary>
    public ReadOnlySpan<byte> Client { get; init; }

    internal string ClientText() => Encoding.UTF8.GetString(Client);
}
