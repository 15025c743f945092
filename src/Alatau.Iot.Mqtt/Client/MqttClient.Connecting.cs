using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Client;

/// <summary>Socket, TLS, CONNECT and CONNACK.</summary>
public sealed partial class MqttClient
{
    private readonly record struct ConnectOutcome(string ClientId, bool IsSessionPresent, int ReceiveMaximum, int MaximumPacketSize, TimeSpan KeepAlive);

    /// <summary>Connects and answers a running client.</summary>
    /// <param name="handler">Takes the messages of all subscriptions, also those of a resumed session; null drops and acknowledges them.</param>
    /// <exception cref="MqttConnectException">Not reached in time, or refused.</exception>
    /// <exception cref="ArgumentException">The options don't hold.</exception>
    public static Task<MqttClient> ConnectAsync(MqttClientOptions options, MqttMessageHandler? handler = null, CancellationToken cancellationToken = default)
        => ConnectAsync(options, handler, new MqttClientSession(), cancellationToken);

    internal static async Task<MqttClient> ConnectAsync(
        MqttClientOptions options, MqttMessageHandler? handler, MqttClientSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> faults = options.Validate();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, faults), nameof(options));
        using var limit = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        MqttClient? client = null;
        try
        {
            stream = await OpenAsync(socket, options, both.Token);
            var packet = new ArrayBufferWriter<byte>();
            WriteConnect(options, packet);
            await stream.WriteAsync(packet.WrittenMemory, both.Token);
            ConnectOutcome outcome = await ReadConnectAckAsync(stream, options, both.Token);
            client = new MqttClient(options, handler, session, socket, stream, outcome);
            client.Start(outcome.KeepAlive);
            return client;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MqttConnectException(MqttReasonCode.ServerUnavailable, $"No answer from {options.Host}:{options.Port} in {options.ConnectTimeout.TotalSeconds:0.#} s.", exception);
        }
        catch (Exception exception) when (exception is SocketException or AuthenticationException || (exception is IOException and not MqttConnectException))
        {
            throw new MqttConnectException(MqttReasonCode.ServerUnavailable, $"{options.Host}:{options.Port}: {exception.Message}", exception);
        }
        finally
        {
            if (client is null)
            {
                if (stream is not null)
                    await stream.DisposeAsync();
                socket.Dispose();
            }
        }
    }

    private static async Task<Stream> OpenAsync(Socket socket, MqttClientOptions options, CancellationToken cancellationToken)
    {
        await socket.ConnectAsync(options.Host, options.Port, cancellationToken);
        var network = new NetworkStream(socket, ownsSocket: true);
        if (!options.UseTls)
            return network;
        var tls = new SslStream(network);
        try
        {
            var authentication = new SslClientAuthenticationOptions { TargetHost = options.Host };
            if (options.AuthorityPath is { } path)
            {
                authentication.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                authentication.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(path);
            }

            await tls.AuthenticateAsClientAsync(authentication, cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private static void WriteConnect(MqttClientOptions options, ArrayBufferWriter<byte> output)
    {
        var properties = new PropertyWriter();
        var willProperties = new PropertyWriter();
        if (options.Version == MqttProtocolVersion.V5)
        {
            properties.UInt16(MqttPropertyId.ReceiveMaximum, (ushort)options.ReceiveMaximum).UInt32(MqttPropertyId.MaximumPacketSize, (uint)options.MaximumPacketSize);
            if (options.SessionExpiry > TimeSpan.Zero)
                properties.UInt32(MqttPropertyId.SessionExpiryInterval, (uint)Math.Min(uint.MaxValue, options.SessionExpiry.TotalSeconds));
            if (options.Will is { Delay: var delay } && delay > TimeSpan.Zero)
                willProperties.UInt32(MqttPropertyId.WillDelayInterval, (uint)delay.TotalSeconds);
        }

        MqttProperties.Validate(properties.Encoded, PropertyRules.Connect, out MqttProperties encoded);
        MqttProperties.Validate(willProperties.Encoded, PropertyRules.Will, out MqttProperties encodedWill);
        new ConnectPacket
        {
            Version = options.Version,
            IsCleanStart = options.IsCleanStart,
            KeepAliveSeconds = (ushort)options.KeepAlive.TotalSeconds,
            ClientId = Encoding.UTF8.GetBytes(options.ClientId),
            HasWill = options.Will is not null,
            WillTopic = Encoding.UTF8.GetBytes(options.Will?.Topic ?? ""),
            WillPayload = options.Will is null ? default : options.Will.Payload.Span,
            WillQoS = (byte)(options.Will?.QoS ?? 0),
            IsWillRetained = options.Will?.IsRetained ?? false,
            WillProperties = encodedWill,
            HasUserName = options.UserName is not null,
            UserName = Encoding.UTF8.GetBytes(options.UserName ?? ""),
            HasPassword = options.Password is not null,
            Password = Encoding.UTF8.GetBytes(options.Password ?? ""),
            Properties = encoded,
        }.Write(output);
    }

    /// <summary>Reads exactly the CONNACK: what follows belongs to the read loop.</summary>
    private static async Task<ConnectOutcome> ReadConnectAckAsync(Stream stream, MqttClientOptions options, CancellationToken cancellationToken)
    {
        byte[] start = new byte[5];
        int have = 0;
        PacketFrame frame;
        while (true)
        {
            await stream.ReadExactlyAsync(start.AsMemory(have, 1), cancellationToken);
            FrameStatus status = PacketFrame.TryRead(start.AsSpan(0, ++have), options.MaximumPacketSize, isShortestRequired: false, out frame);
            if (status == FrameStatus.Header)
                break;
            if (status != FrameStatus.NeedMore)
                throw new MqttConnectException(MqttReasonCode.ProtocolError, "The server didn't answer with CONNACK.");
        }

        byte[] body = new byte[frame.BodyLength];
        await stream.ReadExactlyAsync(body, cancellationToken);
        if (frame.Type != MqttPacketType.ConnectAck || ConnectAckPacket.Read(body, options.Version, out ConnectAckPacket packet) != MqttReasonCode.Success)
            throw new MqttConnectException(MqttReasonCode.ProtocolError, "The server didn't answer with CONNACK.");
        if (packet.Reason != MqttReasonCode.Success)
            throw new MqttConnectException(packet.Reason, $"The server refused the connection: {packet.Reason}.");
        MqttProperties properties = packet.Properties;
        return new ConnectOutcome(
            properties.TryGetBytes(MqttPropertyId.AssignedClientIdentifier, out ReadOnlySpan<byte> assigned) ? Encoding.UTF8.GetString(assigned) : options.ClientId,
            packet.IsSessionPresent,
            properties.TryGetNumber(MqttPropertyId.ReceiveMaximum, out uint receive) ? (int)receive : ushort.MaxValue,
            properties.TryGetNumber(MqttPropertyId.MaximumPacketSize, out uint size) ? (int)Math.Min(size, int.MaxValue) : int.MaxValue,
            properties.TryGetNumber(MqttPropertyId.ServerKeepAlive, out uint seconds) ? TimeSpan.FromSeconds(seconds) : options.KeepAlive);
    }
}
