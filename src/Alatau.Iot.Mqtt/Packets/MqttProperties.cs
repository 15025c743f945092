namespace Alatau.Iot.Mqtt.Packets;

/// <summary>The properties of one MQTT 5.0 packet, validated, read in place (section 2.2.2).</summary>
/// <remarks>A view of the packet's bytes: valid as long as they are. The default value has no properties.</remarks>
public readonly ref struct MqttProperties
{
    private readonly ulong _present;

    private MqttProperties(ReadOnlySpan<byte> raw, ulong present)
    {
        Raw = raw;
        _present = present;
    }

    /// <summary>The encoded properties without their length.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    public bool IsEmpty => Raw.IsEmpty;

    public bool Has(MqttPropertyId id) => (_present & PropertyRules.Bit(id)) != 0;

    /// <summary>The value of a property of one, two, four bytes or a variable byte integer; the first one where several may stand.</summary>
    public bool TryGetNumber(MqttPropertyId id, out uint value)
    {
        value = 0;
        if (!Has(id))
            return false;
        foreach (MqttProperty property in this)
        {
            if (property.Id != id)
                continue;
            value = property.Number;
            return true;
        }

        return false;
    }

    /// <summary>The bytes of a text or binary property.</summary>
    public bool TryGetBytes(MqttPropertyId id, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!Has(id))
            return false;
        foreach (MqttProperty property in this)
        {
            if (property.Id != id)
                continue;
            value = property.Value;
            return true;
        }

        return false;
    }

    public Enumerator GetEnumerator() => new(Raw);

    /// <summary>Reads the length and validates every property against the packet's permitted set.</summary>
    internal static MqttReasonCode Read(scoped ref PacketReader reader, ulong permitted, out MqttProperties properties)
    {
        properties = default;
        if (!reader.TryReadVariableInteger(out uint length) || !reader.TryReadBytes((int)length, out ReadOnlySpan<byte> raw))
            return MqttReasonCode.MalformedPacket;
        return raw.IsEmpty ? MqttReasonCode.Success : Validate(raw, permitted, out properties);
    }

    /// <summary>Validates encoded properties: known, permitted here, not twice, values in range.</summary>
    internal static MqttReasonCode Validate(ReadOnlySpan<byte> raw, ulong permitted, out MqttProperties properties)
    {
        properties = default;
        ulong present = 0;
        var reader = new PacketReader(raw);
        while (!reader.IsEmpty)
        {
            MqttReasonCode reason = PropertyRules.ReadOne(ref reader, out MqttProperty property);
            if (reason != MqttReasonCode.Success)
                return reason;
            ulong bit = PropertyRules.Bit(property.Id);
            if ((permitted & bit) == 0)
                return MqttReasonCode.ProtocolError;
            bool mayRepeat = property.Id == MqttPropertyId.UserProperty
                || (property.Id == MqttPropertyId.SubscriptionIdentifier && permitted == PropertyRules.Publish);
            if ((present & bit) != 0 && !mayRepeat)
                return MqttReasonCode.ProtocolError;
            present |= bit;
        }

        properties = new MqttProperties(raw, present);
        return MqttReasonCode.Success;
    }

    /// <summary>Walks validated properties.</summary>
    public ref struct Enumerator
    {
        private PacketReader _reader;
        private MqttProperty _current;

        internal Enumerator(ReadOnlySpan<byte> raw)
        {
            _reader = new PacketReader(raw);
            _current = default;
        }

        public readonly MqttProperty Current => _current;

        public bool MoveNext() => !_reader.IsEmpty && PropertyRules.ReadOne(ref _reader, out _current) == MqttReasonCode.Success;
    }
}

/// <summary>One property: a number, or bytes, or a name with bytes (user property).</summary>
public readonly ref struct MqttProperty
{
    public MqttPropertyId Id { get; init; }

    /// <summary>The value of a numeric property, else 0.</summary>
    public uint Number { get; init; }

    /// <summary>The name of a user property, else empty.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>The value of a text, binary or user property, else empty.</summary>
    public ReadOnlySpan<byte> Value { get; init; }
}
