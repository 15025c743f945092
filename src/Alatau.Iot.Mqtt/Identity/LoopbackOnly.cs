using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Identity;

/// <summary>No credentials are configured: whoever is on this machine may do everything, nobody else may do anything.</summary>
public sealed class LoopbackOnly : IMqttAuthenticator
{
    internal static readonly MqttIdentity Anonymous = new("anonymous", MqttRole.Service);

    public long Version => 0;

    public ValueTask<MqttAuthentication> AuthenticateAsync(MqttCredentials credentials, CancellationToken cancellationToken)
        => ValueTask.FromResult(credentials.IsLoopback ? MqttAuthentication.Accept(Anonymous) : MqttAuthentication.Refuse(MqttReasonCode.NotAuthorized));

    public bool IsValid(MqttIdentity identity) => true;
}
