using System.Buffers.Binary;
using System.Text;

namespace Alatau.Iot.Mqtt.Packets;

/// <summary>Encodes MQTT 5.0 properties, one after the other, without their common length.</summary>
/// <remarks>Grows as needed; used for packets that are rare (CONNECT, CONNACK, SUBSCRIBE), not for telemetry.</remarks>
public sealed class PropertyWriter
{
    private byte[] _bytes = new byte[64];
    private int _length;

    public ReadOnlySpan<byte> Encoded => _bytes.AsSpan(0, _length);

    public PropertyWriter Byte(MqttPropertyId id, byte value)
    {
        Span<byte> span = Take(2);
        span[0] = (byte)id;
        span[1] = value;
        return this;
    }

    public PropertyWriter UInt16(MqttPropertyId id, ushort value)
    {
        Span<byte> span = Take(3);
        span[0] = (byte)id;
        BinaryPrimitives.WriteUInt16BigEndian(span[1..], value);
        return this;
    }

    public PropertyWriter UInt32(MqttPropertyId id, uint value)
    {
        Span<byte> span = Take(5);
        span[0] = (byte)id;
        BinaryPrimitives.WriteUInt32BigEndian(span[1..], value);
        return this;
    }

    public PropertyWriter VariableInteger(MqttPropertyId id, uint value)
    {
        Take(1)[0] = (byte)id;
        while (value >= 0x80)
        {
            Take(1)[0] = (byte)(value | 0x80);
            value >>= 7;
        }

        Take(1)[0] = (byte)value;
        return this;
    }

    /// <summary>A text or binary property of at most 65,535 bytes.</summary>
    public PropertyWriter Bytes(MqttPropertyId id, ReadOnlySpan<byte> value)
    {
        Take(1)[0] = (byte)id;
        Sized(value);
        return this;
    }

    public PropertyWriter Text(MqttPropertyId id, string value) => Bytes(id, Encoding.UTF8.GetBytes(value));

    public PropertyWriter User(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Take(1)[0] = (byte)MqttPropertyId.UserProperty;
        Sized(name);
        Sized(value);
        return this;
    }

    /// <summary>Appends one property as it was read.</summary>
    public PropertyWriter Copy(scoped in MqttProperty property) => property.Id switch
    {
        MqttPropertyId.UserProperty => User(property.Name, property.Value),
        MqttPropertyId.PayloadFormatIndicator or MqttPropertyId.RequestProblemInformation or MqttPropertyId.RequestResponseInformation
            or MqttPropertyId.MaximumQoS or MqttPropertyId.RetainAvailable or MqttPropertyId.WildcardSubscriptionAvailable
            or MqttPropertyId.SubscriptionIdentifiersAvailable or MqttPropertyId.SharedSubscriptionAvailable => Byte(property.Id, (byte)property.Number),
        MqttPropertyId.ServerKeepAlive or MqttPropertyId.ReceiveMaximum or MqttPropertyId.TopicAliasMaximum or MqttPropertyId.TopicAlias
            => UInt16(property.Id, (ushort)property.Number),
        MqttPropertyId.MessageExpiryInterval or MqttPropertyId.SessionExpiryInterval or MqttPropertyId.WillDelayInterval or MqttPropertyId.MaximumPacketSize
            => UInt32(property.Id, property.Number),
        MqttPropertyId.SubscriptionIdentifier => VariableInteger(property.Id, property.Number),
        _ => Bytes(property.Id, property.Value),
    };

    private void Sized(ReadOnlySpan<byte> value)
    {
        Span<byte> span = Take(2 + value.Length);
        BinaryPrimitives.WriteUInt16BigEndian(span, checked((ushort)value.Length));
        value.CopyTo(span[2..]);
    }

    private Span<byte> Take(int count)
    {
        if (_length + count > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        Span<byte> span = _bytes.AsSpan(_length, count);
        _length += count;
        return span;
    }
}
