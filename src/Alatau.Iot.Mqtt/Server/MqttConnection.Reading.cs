using System.Buffers;
using System.IO.Pipelines;
using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>The read loop: frames out of the pipe, one look at a time, without an await per packet.</summary>
internal sealed partial class MqttConnection
{
    private DateTimeOffset _receivedAt;
    private long _batchMessages;
    private long _batchQoS1;
    private long _batchQoS2;

    private enum Step
    {
        /// <summary>The packet was served.</summary>
        Next,

        /// <summary>The rest of a packet is still on its way.</summary>
        NeedMore,

        /// <summary>CONNECT is complete; it is answered off this step.</summary>
        Connect,

        /// <summary>The road has no room; the same packet comes again.</summary>
        Busy,

        /// <summary>Too many acknowledgements wait (3.1.1 has no receive maximum).</summary>
        AcksPending,
        Close,
    }

    private async Task ReadAsync()
    {
        PipeReader input = _context.Transport.Input;
        while (true)
        {
            ReadResult result = await input.ReadAsync(_context.ConnectionClosed);
            if (Volatile.Read(ref _isClosing) != 0)
                return;
            Volatile.Write(ref _lastHeard, _server.Now);
            _receivedAt = _server.Time.GetUtcNow();
            ReadOnlySequence<byte> buffer = result.Buffer;
            Step step = Serve(ref buffer);
            bool isCut = !buffer.IsEmpty;
            switch (step)
            {
                case Step.Connect:
                    StartSender();
                    input.AdvanceTo(buffer.Start);
                    if (!await ConnectAsync())
                        return;
                    continue;
                case Step.Busy:
                    input.AdvanceTo(buffer.Start);
                    _counters.Count(MqttEvent.RoadBusy);
                    await _server.WaitForRoomAsync(_context.ConnectionClosed);
                    continue;
                case Step.AcksPending:
                    input.AdvanceTo(buffer.Start);
                    await WaitForAcksAsync();
                    continue;
                case Step.Close:
                    input.AdvanceTo(buffer.End);
                    return;
                default:
                    input.AdvanceTo(buffer.Start, buffer.End);
                    break;
            }

            if (result.IsCompleted)
            {
                Lose(isCut ? MqttEvent.StoppedMidPacket : MqttEvent.ConnectionLost);
                return;
            }

            // A peer that doesn't read its acknowledgements isn't read either.
            while (!HasOutgoingRoom && Volatile.Read(ref _isClosing) == 0)
                await _outgoing.WaitForRoomAsync();
        }
    }

    /// <summary>Serves every whole packet in the buffer and leaves the rest in it.</summary>
    private Step Serve(ref ReadOnlySequence<byte> buffer)
    {
        long before = buffer.Length;
        Step step = Step.NeedMore;
        try
        {
            if (buffer.IsSingleSegment)
            {
                ReadOnlySpan<byte> span = buffer.FirstSpan;
                int at = ServeSpan(span, out step);
                buffer = buffer.Slice(at);
            }
            else
            {
                step = ServeSegments(ref buffer);
            }
        }
        finally
        {
            _counters.AddReceived(_batchMessages, _batchQoS1, _batchQoS2, before - buffer.Length);
            _batchMessages = _batchQoS1 = _batchQoS2 = 0;
            AwaitCommit();
            _wakes.WakeAll();
        }

        return step;
    }

    /// <summary>Serves whole packets of one span; answers how many bytes they took.</summary>
    private int ServeSpan(ReadOnlySpan<byte> span, out Step step)
    {
        int at = 0;
        while (at < span.Length)
        {
            step = Frame(span[at..], span.Length - at, out PacketFrame frame);
            if (step != Step.Next)
                return at;
            step = Dispatch(frame, span.Slice(at + frame.HeaderLength, frame.BodyLength));
            if (step is Step.Next or Step.Connect)
                at += frame.TotalLength;
            if (step != Step.Next)
                return at;
        }

        step = Step.NeedMore;
        return at;
    }

    private Step ServeSegments(ref ReadOnlySequence<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            ReadOnlySpan<byte> first = buffer.FirstSpan;
            bool isLast = buffer.IsSingleSegment;
            int taken = ServeSpan(first, out Step step);
            buffer = buffer.Slice(taken);
            if (step != Step.NeedMore || isLast)
                return step;

            // A packet that ends where its segment ends: the rest lies in segments that nobody has looked at yet.
            if (taken > 0 && taken == first.Length)
                continue;

            // One packet lies across segments: it alone is copied.
            step = Frame(buffer, out PacketFrame frame);
            if (step != Step.Next)
                return step;
            step = DispatchCopy(buffer, frame);
            if (step is Step.Next or Step.Connect)
                buffer = buffer.Slice(frame.TotalLength);
            if (step != Step.Next)
                return step;
        }

        return Step.NeedMore;
    }

    private Step DispatchCopy(in ReadOnlySequence<byte> buffer, in PacketFrame frame)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(frame.BodyLength);
        try
        {
            Span<byte> body = copy.AsSpan(0, frame.BodyLength);
            buffer.Slice(frame.HeaderLength, frame.BodyLength).CopyTo(body);
            return Dispatch(frame, body);
        }
        finally
        {
            // A CONNECT carries a password.
            ArrayPool<byte>.Shared.Return(copy, clearArray: frame.Type == MqttPacketType.Connect);
        }
    }

    private Step Frame(ReadOnlySpan<byte> start, long available, out PacketFrame frame)
        => Judge(PacketFrame.TryRead(start, MaximumPacketSize, IsShortestRequired, out frame), start[0], available, frame);

    private Step Frame(in ReadOnlySequence<byte> buffer, out PacketFrame frame)
        => Judge(PacketFrame.TryRead(buffer, MaximumPacketSize, IsShortestRequired, out frame), buffer.FirstSpan[0], buffer.Length, frame);

    private int MaximumPacketSize => IsConnected ? _options.MaximumPacketSize : Math.Min(_options.MaximumPacketSize, _options.MaximumConnectPacketSize);

    private bool IsShortestRequired => IsConnected && _version == MqttProtocolVersion.V5;

    /// <summary>What the fixed header alone decides: nothing of a refused packet is buffered.</summary>
    private Step Judge(FrameStatus status, byte first, long available, in PacketFrame frame)
    {
        if (!IsConnected && first != (byte)MqttPacketType.Connect << 4)
            return Refuse(MqttReasonCode.ProtocolError, MqttEvent.NotMqtt);
        switch (status)
        {
            case FrameStatus.Header:
                return frame.TotalLength <= available ? Step.Next : Step.NeedMore;
            case FrameStatus.NeedMore:
                return Step.NeedMore;
            case FrameStatus.TooLarge:
                return Refuse(MqttReasonCode.PacketTooLarge, MqttEvent.PacketTooLarge);
            default:
                return Refuse(MqttReasonCode.MalformedPacket, MqttEvent.MalformedPacket);
        }
    }

    /// <summary>Closes for a fault of the peer; 5.0 peers are told the reason.</summary>
    private Step Refuse(MqttReasonCode reason, MqttEvent counted)
    {
        Close(reason, counted);
        return Step.Close;
    }

    private Step Refuse(MqttReasonCode reason) => Refuse(reason, reason switch
    {
        MqttReasonCode.MalformedPacket => MqttEvent.MalformedPacket,
        MqttReasonCode.PacketTooLarge => MqttEvent.PacketTooLarge,
        MqttReasonCode.TopicNameInvalid => MqttEvent.TopicNameInvalid,
        MqttReasonCode.TopicAliasInvalid => MqttEvent.TopicAliasInvalid,
        MqttReasonCode.ReceiveMaximumExceeded => MqttEvent.ReceiveMaximumExceeded,
        _ => MqttEvent.ProtocolError,
    });

    private async ValueTask WaitForAcksAsync()
    {
        Volatile.Write(ref _isWaitingForAcks, true);
        while (_deferred.Count >= _options.ReceiveMaximum && Volatile.Read(ref _isClosing) == 0)
        {
            AwaitCommit();
            if (_deferred.Count >= _options.ReceiveMaximum)
                await _acknowledged.WaitAsync();
        }

        Volatile.Write(ref _isWaitingForAcks, false);
    }
}
