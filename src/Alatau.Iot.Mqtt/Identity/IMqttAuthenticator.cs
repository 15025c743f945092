using System.Net;
using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Identity;

/// <summary>Decides who a connecting peer is.</summary>
public interface IMqttAuthenticator
{
    /// <summary>Grows whenever a user was added, changed or removed; the server then asks <see cref="IsValid"/> for every connection.</summary>
    long Version { get; }

    /// <summary>Answers after a time that doesn't tell whether the user exists.</summary>
    ValueTask<MqttAuthentication> AuthenticateAsync(MqttCredentials credentials, CancellationToken cancellationToken);

    /// <summary>Would the identity still be given out as it is?</summary>
    bool IsValid(MqttIdentity identity);
}

/// <summary>What a peer said in CONNECT and where it comes from.</summary>
/// <param name="UserName">Null when none was sent.</param>
/// <param name="Password">Empty when none was sent. Never logged.</param>
/// <param name="Remote">Null when the transport doesn't know.</param>
public sealed record MqttCredentials(string? UserName, ReadOnlyMemory<byte> Password, EndPoint? Remote)
{
    /// <summary>The peer is on this machine.</summary>
    public bool IsLoopback => Remote is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>Names the user, never the password.</summary>
    public override string ToString() => $"{UserName ?? "anonymous"} from {Remote}";
}

/// <summary>The answer: an identity, or the reason of refusal.</summary>
public readonly record struct MqttAuthentication(MqttIdentity? Identity, MqttReasonCode Reason)
{
    public static MqttAuthentication Accept(MqttIdentity identity) => new(identity, MqttReasonCode.Success);

    public static MqttAuthentication Refuse(MqttReasonCode reason) => new(null, reason);
}
