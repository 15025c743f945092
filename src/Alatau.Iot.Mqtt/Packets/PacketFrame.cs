using System.Buffers;

namespace Alatau.Iot.Mqtt.Packets;

/// <summary>What a look at the first bytes of a stream says about the packet that begins there.</summary>
internal enum FrameStatus
{
    /// <summary>The header is there and valid; the body may still be on its way.</summary>
    Header,
    NeedMore,
    Malformed,
    TooLarge,
}

/// <summary>The fixed header of one packet (MQTT 5.0, section 2.1): type, flags, remaining length.</summary>
internal readonly record struct PacketFrame(byte First, int HeaderLength, int BodyLength)
{
    public MqttPacketType Type => (MqttPacketType)(First >> 4);

    /// <summary>The low four bits of the first byte.</summary>
    public byte Flags => (byte)(First & 0x0F);

    /// <summary>Header and body, bytes.</summary>
    public int TotalLength => HeaderLength + BodyLength;

    /// <summary>Reads the header from the first bytes of a stream; nothing of the body is needed, so a length that is too large is refused from the header alone.</summary>
    /// <param name="start">At least the first byte; five bytes always suffice.</param>
    /// <param name="maximumPacketSize">Header and body, bytes, inclusive.</param>
    /// <param name="isShortestRequired">MQTT 5.0 demands the shortest form of the length (1.5.5); some 3.1.1 devices pad it.</param>
    public static FrameStatus TryRead(ReadOnlySpan<byte> start, int maximumPacketSize, bool isShortestRequired, out PacketFrame frame)
    {
        frame = default;
        if (start.IsEmpty)
            return FrameStatus.NeedMore;
        byte first = start[0];
        if (!AreFlagsValid(first))
            return FrameStatus.Malformed;
        int length = 0;
        for (int index = 1; index <= 4; index++)
        {
            if (index >= start.Length)
                return FrameStatus.NeedMore;
            byte part = start[index];
            length |= (part & 0x7F) << (7 * (index - 1));
            if ((part & 0x80) != 0)
                continue;
            if (part == 0 && index > 1 && isShortestRequired)
                return FrameStatus.Malformed;
            frame = new PacketFrame(first, index + 1, length);
            return frame.TotalLength > maximumPacketSize ? FrameStatus.TooLarge : FrameStatus.Header;
        }

        return FrameStatus.Malformed;
    }

    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, int, bool, out PacketFrame)"/>
    public static FrameStatus TryRead(in ReadOnlySequence<byte> start, int maximumPacketSize, bool isShortestRequired, out PacketFrame frame)
    {
        ReadOnlySpan<byte> first = start.FirstSpan;
        if (first.Length >= 5 || start.IsSingleSegment)
            return TryRead(first, maximumPacketSize, isShortestRequired, out frame);
        Span<byte> copy = stackalloc byte[5];
        int length = (int)Math.Min(5, start.Length);
        start.Slice(0, length).CopyTo(copy);
        return TryRead(copy[..length], maximumPacketSize, isShortestRequired, out frame);
    }

    /// <summary>Flags per packet type (table 2-2); for PUBLISH, QoS 3 and DUP at QoS 0 are malformed (3.3.1).</summary>
    private static bool AreFlagsValid(byte first)
    {
        int flags = first & 0x0F;
        return (MqttPacketType)(first >> 4) switch
        {
            MqttPacketType.Reserved => false,
            MqttPacketType.Publish => (flags & 0b0110) switch { 0b0110 => false, 0 => (flags & 0b1000) == 0, _ => true },
            MqttPacketType.PublishRelease or MqttPacketType.Subscribe or MqttPacketType.Unsubscribe => flags == 0b0010,
            _ => flags == 0,
        };
    }
}
