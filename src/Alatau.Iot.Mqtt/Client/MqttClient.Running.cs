using System.Buffers;
using System.Net.Sockets;
using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Client;

/// <summary>The read loop, the sender and the end.</summary>
public sealed partial class MqttClient
{
    private const int ReadBuffer = 16 * 1024;

    private readonly HashSet<ushort> _unacknowledged = [];
    private bool _isAckTaken;

    private void Start(TimeSpan keepAlive)
    {
        if (keepAlive > TimeSpan.Zero)
            _keepAlive = _options.Time.CreateTimer(_ => KeepAlive(), null, keepAlive / 2, keepAlive / 2);
        _running = RunAsync();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        Task sender = SendAsync();
        try
        {
            await ReadAsync();
            End(null);
        }
        catch (Exception exception)
        {
            // Whatever ends the loop (network, or a handler that throws) ends the connection and is told by EndFault.
            End(exception);
        }

        await sender;
        await _stream.DisposeAsync();
        if (_keepAlive is not null)
            await _keepAlive.DisposeAsync();
        Fail();
        _completion.TrySetResult();
    }

    private async Task ReadAsync()
    {
        byte[]? buffer = null;
        int count = 0;
        bool isBusy = false;
        try
        {
            while (true)
            {
                // An idle connection waits without a buffer.
                if (buffer is null && !isBusy)
                {
#pragma warning disable CA2022, MA0060 // A read of nothing only waits until there is something.
                    await _stream.ReadAsync(Memory<byte>.Empty);
#pragma warning restore CA2022, MA0060
                }

                buffer ??= ArrayPool<byte>.Shared.Rent(ReadBuffer);
                int read = await _stream.ReadAsync(buffer.AsMemory(count));
                if (read == 0)
                    return;
                isBusy = count + read == buffer.Length;
                count += read;
                int taken = Serve(buffer.AsSpan(0, count), out int wanted);
                if (taken < 0)
                    return;
                count -= taken;
                if (wanted > buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(wanted);
                    buffer.AsSpan(taken, count).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
                else if (count > 0)
                {
                    buffer.AsSpan(taken, count).CopyTo(buffer);
                }
                else if (!isBusy)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = null;
                }
            }
        }
        finally
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Serves the whole packets; answers the bytes taken (-1: the connection is to end) and the size of the packet that is incomplete.</summary>
    private int Serve(ReadOnlySpan<byte> bytes, out int wanted)
    {
        int at = 0;
        wanted = 0;
        bool hasAcknowledged = false;
        while (at < bytes.Length)
        {
            FrameStatus status = PacketFrame.TryRead(bytes[at..], _options.MaximumPacketSize, _version == MqttProtocolVersion.V5, out PacketFrame frame);
            if (status == FrameStatus.NeedMore)
                break;
            MqttReasonCode reason = status switch
            {
                FrameStatus.Header => MqttReasonCode.Success,
                FrameStatus.TooLarge => MqttReasonCode.PacketTooLarge,
                _ => MqttReasonCode.MalformedPacket,
            };
            if (reason == MqttReasonCode.Success)
            {
                if (frame.TotalLength > bytes.Length - at)
                {
                    wanted = frame.TotalLength;
                    break;
                }

                reason = Dispatch(frame, bytes.Slice(at + frame.HeaderLength, frame.BodyLength), ref hasAcknowledged);
            }

            if (reason != MqttReasonCode.Success)
            {
                Refuse(reason);
                return -1;
            }

            at += frame.TotalLength;
        }

        if (hasAcknowledged)
            MakeRoom();
        bool mustWake;
        lock (_outgoing.Gate)
            mustWake = _outgoing.Pending > 0 && _outgoing.MarkDirty();
        if (mustWake)
            _outgoing.Wake();
        return at;
    }

    private MqttReasonCode Dispatch(in PacketFrame frame, ReadOnlySpan<byte> body, ref bool hasAcknowledged)
    {
        switch (frame.Type)
        {
            case MqttPacketType.Publish:
                return OnPublish(frame.Flags, body);
            case MqttPacketType.PublishAck or MqttPacketType.PublishReceived or MqttPacketType.PublishComplete:
                hasAcknowledged = true;
                return OnAck(frame.Type, body);
            case MqttPacketType.PublishRelease:
                return OnRelease(body);
            case MqttPacketType.SubscribeAck or MqttPacketType.UnsubscribeAck:
                return OnSubscribeAck(frame.Type, body);
            case MqttPacketType.PingResponse:
                _isPingOpen = false;
                return MqttReasonCode.Success;
            case MqttPacketType.Disconnect when _version == MqttProtocolVersion.V5:
                MqttReasonCode reason = ReasonPacket.Read(frame.Type, body, _version, out ReasonPacket packet);
                EndReason = reason == MqttReasonCode.Success ? packet.Reason : reason;
                return reason;
            default:
                return MqttReasonCode.ProtocolError;
        }
    }

    private MqttReasonCode OnPublish(byte flags, ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = PublishPacket.Read(flags, body, _version, out PublishPacket packet);
        if (reason != MqttReasonCode.Success)
            return reason;
        // We allow no aliases (Topic Alias Maximum is absent, 3.1.2.11.5).
        if (packet.Properties.Has(MqttPropertyId.TopicAlias))
            return MqttReasonCode.TopicAliasInvalid;
        if (packet.QoS > 0)
        {
            lock (_outgoing.Gate)
            {
                if (packet.QoS == 2 && _session.Received.Contains(packet.PacketId))
                {
                    AckPacket.Write(_outgoing, MqttPacketType.PublishReceived, _version, packet.PacketId);
                    return MqttReasonCode.Success;
                }

                // The same id again on this connection while its first message isn't acknowledged: the handler has it.
                if (!_unacknowledged.Add(packet.PacketId))
                    return packet.IsDuplicate ? MqttReasonCode.Success : MqttReasonCode.ProtocolError;
            }
        }

        _isAckTaken = false;
        _handler?.Invoke(new MqttReceivedMessage(this, packet, packet.Topic, packet.Payload, packet.Properties));
        if (packet.QoS > 0 && !_isAckTaken)
            Write(packet.PacketId, packet.QoS, MqttReasonCode.Success, wakes: false);
        return MqttReasonCode.Success;
    }

    internal MqttAcknowledgement TakeAcknowledgement(ushort packetId, byte qos)
    {
        _isAckTaken = true;
        return new MqttAcknowledgement(this, packetId, qos);
    }

    internal bool Acknowledge(ushort packetId, byte qos, MqttReasonCode reason) => Write(packetId, qos, reason, wakes: true);

    private bool Write(ushort packetId, byte qos, MqttReasonCode reason, bool wakes)
    {
        lock (_outgoing.Gate)
        {
            if (_outgoing.IsCompleted || !_unacknowledged.Remove(packetId))
                return false;
            if (qos == 2 && reason < MqttReasonCode.UnspecifiedError)
                _session.Received.Add(packetId);
            AckPacket.Write(_outgoing, qos == 1 ? MqttPacketType.PublishAck : MqttPacketType.PublishReceived, _version, packetId, reason);
            _hasSent = true;
            if (!wakes || !_outgoing.MarkDirty())
                return true;
        }

        _outgoing.Wake();
        return true;
    }

    private MqttReasonCode OnAck(MqttPacketType type, ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = AckPacket.Read(type, body, _version, out AckPacket packet);
        if (reason != MqttReasonCode.Success)
            return reason;
        bool isFailure = packet.Reason >= MqttReasonCode.UnspecifiedError;
        object? completion;
        lock (_outgoing.Gate)
        {
            if (type == MqttPacketType.PublishReceived && !isFailure)
            {
                bool isKnown = _inFlight.TryRelease(packet.PacketId);
                AckPacket.Write(_outgoing, MqttPacketType.PublishRelease, _version, packet.PacketId, isKnown ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound);
                return MqttReasonCode.Success;
            }

            if (!_inFlight.TryFinish(packet.PacketId, type, isFailure, out completion))
                return MqttReasonCode.Success;
        }

        Tell(completion, new MqttPublishResult(packet.Reason));
        return MqttReasonCode.Success;
    }

    private MqttReasonCode OnRelease(ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = AckPacket.Read(MqttPacketType.PublishRelease, body, _version, out AckPacket packet);
        if (reason != MqttReasonCode.Success)
            return reason;
        lock (_outgoing.Gate)
        {
            bool wasHeld = _session.Received.Remove(packet.PacketId);
            AckPacket.Write(_outgoing, MqttPacketType.PublishComplete, _version, packet.PacketId, wasHeld ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound);
        }

        return MqttReasonCode.Success;
    }

    private MqttReasonCode OnSubscribeAck(MqttPacketType type, ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = SubscribeAckPacket.Read(type, body, _version, out SubscribeAckPacket packet);
        if (reason != MqttReasonCode.Success)
            return reason;
        var codes = new MqttReasonCode[packet.Codes.Length];
        for (int index = 0; index < codes.Length; index++)
            codes[index] = (MqttReasonCode)packet.Codes[index];
        TaskCompletionSource<MqttReasonCode[]>? answer;
        lock (_outgoing.Gate)
            _subscribing.Remove(packet.PacketId, out answer);
        answer?.TrySetResult(codes);
        return MqttReasonCode.Success;
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                while (_outgoing.TryTake(out byte[] buffer, out int length))
                {
                    await _stream.WriteAsync(buffer.AsMemory(0, length));
                    _outgoing.Sent(buffer);
                    MakeRoom();
                }

                if (_outgoing.IsCompleted && _outgoing.Pending == 0)
                    break;
                await _outgoing.WaitForBytesAsync();
            }

            // All is sent: close our half; the broker closes its own after DISCONNECT, and that ends the read loop.
            if (Volatile.Read(ref _isEnding) == 0)
                _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception)
        {
            // Without a sender there is no connection; EndFault tells why.
            End(exception);
        }
    }

    /// <summary>A fault of the server: 5.0 is told why.</summary>
    private void Refuse(MqttReasonCode reason)
    {
        EndReason ??= reason;
        lock (_outgoing.Gate)
        {
            if (_version == MqttProtocolVersion.V5 && !_outgoing.IsCompleted)
                ReasonPacket.Write(_outgoing, MqttPacketType.Disconnect, _version, reason);
        }

        _outgoing.Complete();
    }

    private void KeepAlive()
    {
        bool mustWake = false;
        lock (_outgoing.Gate)
        {
            if (_outgoing.IsCompleted)
                return;
            if (_isPingOpen)
            {
                EndReason = MqttReasonCode.KeepAliveTimeout;
            }
            else if (!_hasSent)
            {
                _isPingOpen = true;
                ReasonPacket.WritePing(_outgoing, MqttPacketType.PingRequest);
                mustWake = _outgoing.MarkDirty();
            }

            _hasSent = false;
        }

        if (mustWake)
            _outgoing.Wake();
        else if (EndReason == MqttReasonCode.KeepAliveTimeout)
            End(null);
    }

    /// <summary>Ends the connection; the first cause is kept.</summary>
    private void End(Exception? fault)
    {
        if (Interlocked.Exchange(ref _isEnding, 1) == 0)
            EndFault = fault;
        _outgoing.Discard();
        _stream.Close();
    }

    /// <summary>Tells everybody who still waits.</summary>
    private void Fail()
    {
        List<object> publishing;
        TaskCompletionSource<MqttReasonCode[]>[] asking;
        TaskCompletionSource? room;
        lock (_outgoing.Gate)
        {
            publishing = _inFlight.Clear();
            asking = [.. _subscribing.Values];
            _subscribing.Clear();
            room = _room;
            _room = null;
        }

        foreach (object completion in publishing)
            Tell(completion, MqttPublishResult.Lost);
        foreach (TaskCompletionSource<MqttReasonCode[]> answer in asking)
            answer.TrySetException(new IOException("The connection ended before the answer."));
        room?.TrySetResult();
    }
}
