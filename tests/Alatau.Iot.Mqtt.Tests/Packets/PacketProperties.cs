using System.Buffers;
using System.Text;
using Alatau.Iot.Mqtt.Packets;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Mqtt.Tests.Packets;

/// <summary>Laws of the packet layer.</summary>
public sealed class PacketProperties
{
    private static readonly Gen<byte[]> Bytes = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf();

    private static readonly Gen<string> Text = Gen.Elements("", "a", "site/asset", "Алатау", "\U0001F50C", "x y", "été/+/#");

    private static readonly Gen<string> Topic = Gen.Elements("a", "a/b/c", "/", "//", "$SYS/x", "Алатау/Gate/meter-1", "alatau/v1/gate/meter-1/telemetry");

    /// <summary>Whatever bytes come, every reader answers with a reason and never throws.</summary>
    [Fact]
    public void Read_RandomBody_NeverThrows()
        => Prop.ForAll(Arb.From(Bytes), body =>
        {
            foreach (MqttProtocolVersion version in Enum.GetValues<MqttProtocolVersion>())
                ReadEverything(body, version);
            PacketFrame.TryRead(body, int.MaxValue, true, out _);
            PacketFrame.TryRead(new ReadOnlySequence<byte>(body), 100, false, out _);
        }).Check();

    /// <summary>A valid packet with one byte altered or cut is read or refused, never thrown at.</summary>
    [Fact]
    public void Read_DamagedPacket_NeverThrows()
        => Prop.ForAll(Arb.From(from valid in Packet() from at in Gen.Choose(0, 1000) from value in Gen.Choose(0, 255) from cut in Gen.Choose(0, 1000) select (valid, at, value, cut)), given =>
        {
            byte[] bytes = [.. given.valid];
            bytes[given.at % bytes.Length] = (byte)given.value;
            foreach (byte[] candidate in new[] { bytes, bytes[..(given.cut % bytes.Length)] })
            {
                if (PacketFrame.TryRead(candidate, 1 << 20, true, out PacketFrame frame) == FrameStatus.Header && frame.TotalLength <= candidate.Length)
                    ReadEverything(candidate.AsSpan(frame.HeaderLength, frame.BodyLength), MqttProtocolVersion.V5);
            }
        }).Check();

    [Fact]
    public void Connect_WrittenAndRead_IsTheSame()
        => Prop.ForAll(
            Arb.From(from version in Version() from id in Text from user in Text from password in Bytes from topic in Topic from payload in Bytes from qos in Gen.Choose(0, 2) from flags in Gen.Choose(0, 15) from keep in Gen.Choose(0, 65535) select (version, id, user, password, topic, payload, qos, flags, keep)),
            given =>
            {
                bool hasWill = (given.flags & 1) != 0;
                bool hasUser = (given.flags & 2) != 0;
                bool hasPassword = hasUser && (given.flags & 4) != 0;
                MqttProperties.Validate(new PropertyWriter().UInt32(MqttPropertyId.SessionExpiryInterval, 7).User("a"u8, "b"u8).Encoded, PropertyRules.Connect, out MqttProperties properties);
                MqttProperties.Validate(new PropertyWriter().UInt32(MqttPropertyId.WillDelayInterval, 9).Encoded, PropertyRules.Will, out MqttProperties will);
                var output = new ArrayBufferWriter<byte>();
                new ConnectPacket
                {
                    Version = given.version,
                    IsCleanStart = (given.flags & 8) != 0,
                    KeepAliveSeconds = (ushort)given.keep,
                    ClientId = Encoding.UTF8.GetBytes(given.id),
                    HasWill = hasWill,
                    WillQoS = (byte)(hasWill ? given.qos : 0),
                    WillTopic = Encoding.UTF8.GetBytes(given.topic),
                    WillPayload = given.payload,
                    WillProperties = will,
                    HasUserName = hasUser,
                    UserName = Encoding.UTF8.GetBytes(given.user),
                    HasPassword = hasPassword,
                    Password = given.password,
                    Properties = properties,
                }.Write(output);

                Assert.Equal(MqttReasonCode.Success, ConnectPacket.Read(BodyOf(output, MqttPacketType.Connect), out ConnectPacket read));
                Assert.Equal(given.version, read.Version);
                Assert.Equal((ushort)given.keep, read.KeepAliveSeconds);
                Assert.Equal((given.flags & 8) != 0, read.IsCleanStart);
                Assert.Equal(given.id, Encoding.UTF8.GetString(read.ClientId));
                Assert.Equal(hasWill, read.HasWill);
                Assert.Equal(hasUser, read.HasUserName);
                Assert.Equal(hasPassword, read.HasPassword);
                if (hasUser)
                    Assert.Equal(given.user, Encoding.UTF8.GetString(read.UserName));
                if (hasPassword)
                    Assert.Equal(given.password, read.Password.ToArray());
                if (hasWill)
                {
                    Assert.Equal(given.topic, Encoding.UTF8.GetString(read.WillTopic));
                    Assert.Equal(given.payload, read.WillPayload.ToArray());
                    Assert.Equal(given.qos, read.WillQoS);
                    Assert.Equal(given.version == MqttProtocolVersion.V5, read.WillProperties.Has(MqttPropertyId.WillDelayInterval));
                }

                Assert.Equal(given.version == MqttProtocolVersion.V5, read.Properties.TryGetNumber(MqttPropertyId.SessionExpiryInterval, out uint expiry) && expiry == 7);
            }).Check();

    [Fact]
    public void Publish_WrittenAndRead_IsTheSame()
        => Prop.ForAll(
            Arb.From(from version in Version() from topic in Topic from payload in Bytes from qos in Gen.Choose(0, 2) from flags in Gen.Choose(0, 3) from id in Gen.Choose(1, 65535) from correlation in Bytes select (version, topic, payload, qos, flags, id, correlation)),
            given =>
            {
                byte[] properties = new PropertyWriter().UInt32(MqttPropertyId.MessageExpiryInterval, 60).Bytes(MqttPropertyId.CorrelationData, given.correlation).Encoded.ToArray();
                byte[] topic = Encoding.UTF8.GetBytes(given.topic);
                bool isRetained = (given.flags & 1) != 0;
                bool isDuplicate = given.qos > 0 && (given.flags & 2) != 0;
                var output = new ArrayBufferWriter<byte>();
                PublishPacket.Write(output, given.version, topic, given.payload, given.qos, isRetained, isDuplicate, (ushort)given.id, given.version == MqttProtocolVersion.V5 ? properties : []);

                Assert.Equal(output.WrittenCount, PublishPacket.Size(given.version, topic.Length, given.qos, given.version == MqttProtocolVersion.V5 ? properties.Length : 0, given.payload.Length));
                ReadOnlySpan<byte> body = BodyOf(output, MqttPacketType.Publish);
                byte flags = (byte)(output.WrittenSpan[0] & 15);
                Assert.Equal(MqttReasonCode.Success, PublishPacket.Read(flags, body, given.version, out PublishPacket read));
                Assert.Equal(given.topic, Encoding.UTF8.GetString(read.Topic));
                Assert.Equal(given.payload, read.Payload.ToArray());
                Assert.Equal(given.qos, read.QoS);
                Assert.Equal(isRetained, read.IsRetained);
                Assert.Equal(isDuplicate, read.IsDuplicate);
                Assert.Equal(given.qos > 0 ? given.id : 0, read.PacketId);
                if (given.version == MqttProtocolVersion.V5)
                {
                    Assert.True(read.Properties.TryGetBytes(MqttPropertyId.CorrelationData, out ReadOnlySpan<byte> correlation));
                    Assert.Equal(given.correlation, correlation.ToArray());
                }
            }).Check();

    [Fact]
    public void Acknowledgements_WrittenAndRead_AreTheSame()
        => Prop.ForAll(
            Arb.From(from version in Version() from type in Gen.Choose(4, 7) from id in Gen.Choose(1, 65535) from fails in Gen.Elements(true, false) from text in Text select (version, type, id, fails, text)),
            given =>
            {
                var type = (MqttPacketType)given.type;
                MqttReasonCode reason = !given.fails ? MqttReasonCode.Success
                    : type is MqttPacketType.PublishAck or MqttPacketType.PublishReceived ? MqttReasonCode.QuotaExceeded : MqttReasonCode.PacketIdentifierNotFound;
                byte[] properties = given.text.Length == 0 || given.version == MqttProtocolVersion.V311 ? [] : new PropertyWriter().Text(MqttPropertyId.ReasonString, given.text).Encoded.ToArray();
                var output = new ArrayBufferWriter<byte>();
                AckPacket.Write(output, type, given.version, (ushort)given.id, reason, properties);

                Assert.Equal(MqttReasonCode.Success, AckPacket.Read(type, BodyOf(output, type), given.version, out AckPacket read));
                Assert.Equal(given.id, read.PacketId);
                Assert.Equal(given.version == MqttProtocolVersion.V5 ? reason : MqttReasonCode.Success, read.Reason);
                Assert.Equal(properties, read.Properties.Raw.ToArray());
            }).Check();

    [Fact]
    public void Subscribe_WrittenAndRead_IsTheSame()
        => Prop.ForAll(
            Arb.From(from version in Version() from filters in Topic.NonEmptyListOf() from id in Gen.Choose(1, 65535) from qos in Gen.Choose(0, 2) from more in Gen.Choose(0, 11) select (version, filters, id, qos, more)),
            given =>
            {
                var options = new SubscriptionOptions((byte)given.qos, (given.more & 1) != 0, (given.more & 2) != 0, (byte)(given.more / 4));
                var filters = new ArrayBufferWriter<byte>();
                foreach (string filter in given.filters)
                    SubscribePacket.EncodeFilter(filters, given.version, Encoding.UTF8.GetBytes(filter), options);
                var output = new ArrayBufferWriter<byte>();
                SubscribePacket.Write(output, given.version, (ushort)given.id, given.version == MqttProtocolVersion.V5 ? new PropertyWriter().VariableInteger(MqttPropertyId.SubscriptionIdentifier, 300).Encoded : default, filters.WrittenSpan);

                Assert.Equal(MqttReasonCode.Success, SubscribePacket.Read(BodyOf(output, MqttPacketType.Subscribe), given.version, out SubscribePacket read));
                var seen = new List<string>();
                foreach (SubscribePacket.Request request in read)
                {
                    seen.Add(Encoding.UTF8.GetString(request.Filter));
                    Assert.Equal(given.version == MqttProtocolVersion.V5 ? options : new SubscriptionOptions((byte)given.qos), request.Options);
                }

                Assert.Equal(given.filters, seen);
                if (given.version == MqttProtocolVersion.V5)
                    Assert.True(read.Properties.TryGetNumber(MqttPropertyId.SubscriptionIdentifier, out uint identifier) && identifier == 300);
            }).Check();

    [Fact]
    public void OtherPackets_WrittenAndRead_AreTheSame()
        => Prop.ForAll(
            Arb.From(from version in Version() from codes in Gen.Elements<byte>(0, 1, 2, 0x80, 0x87).NonEmptyListOf() from id in Gen.Choose(1, 65535) from filters in Topic.NonEmptyListOf() select (version, codes, id, filters)),
            given =>
            {
                var output = new ArrayBufferWriter<byte>();
                SubscribeAckPacket.Write(output, MqttPacketType.SubscribeAck, given.version, (ushort)given.id, default, given.codes.ToArray());
                Assert.Equal(MqttReasonCode.Success, SubscribeAckPacket.Read(MqttPacketType.SubscribeAck, BodyOf(output, MqttPacketType.SubscribeAck), given.version, out SubscribeAckPacket acknowledged));
                Assert.Equal(given.codes, acknowledged.Codes.ToArray());

                output = new ArrayBufferWriter<byte>();
                SubscribeAckPacket.Write(output, MqttPacketType.UnsubscribeAck, given.version, (ushort)given.id, default, given.codes.ToArray());
                Assert.Equal(MqttReasonCode.Success, SubscribeAckPacket.Read(MqttPacketType.UnsubscribeAck, BodyOf(output, MqttPacketType.UnsubscribeAck), given.version, out acknowledged));
                Assert.Equal(given.version == MqttProtocolVersion.V5 ? given.codes.Count : 0, acknowledged.Codes.Length);

                var filters = new ArrayBufferWriter<byte>();
                foreach (string filter in given.filters)
                    UnsubscribePacket.EncodeFilter(filters, Encoding.UTF8.GetBytes(filter));
                output = new ArrayBufferWriter<byte>();
                UnsubscribePacket.Write(output, given.version, (ushort)given.id, default, filters.WrittenSpan);
                Assert.Equal(MqttReasonCode.Success, UnsubscribePacket.Read(BodyOf(output, MqttPacketType.Unsubscribe), given.version, out UnsubscribePacket unsubscribe));
                var seen = new List<string>();
                foreach (ReadOnlySpan<byte> filter in unsubscribe)
                    seen.Add(Encoding.UTF8.GetString(filter));
                Assert.Equal(given.filters, seen);

                output = new ArrayBufferWriter<byte>();
                ConnectAckPacket.Write(output, given.version, isSessionPresent: true, MqttReasonCode.Success, new PropertyWriter().Bytes(MqttPropertyId.AssignedClientIdentifier, "me"u8).Encoded);
                Assert.Equal(MqttReasonCode.Success, ConnectAckPacket.Read(BodyOf(output, MqttPacketType.ConnectAck), given.version, out ConnectAckPacket connected));
                Assert.True(connected.IsSessionPresent);

                foreach ((MqttPacketType type, MqttReasonCode reason) in new[] { (MqttPacketType.Disconnect, MqttReasonCode.SessionTakenOver), (MqttPacketType.Disconnect, MqttReasonCode.Success), (MqttPacketType.Auth, MqttReasonCode.ReAuthenticate) })
                {
                    output = new ArrayBufferWriter<byte>();
                    ReasonPacket.Write(output, type, MqttProtocolVersion.V5, reason, reason == MqttReasonCode.Success ? default : new PropertyWriter().Text(MqttPropertyId.ReasonString, "why").Encoded);
                    Assert.Equal(MqttReasonCode.Success, ReasonPacket.Read(type, BodyOf(output, type), MqttProtocolVersion.V5, out ReasonPacket read));
                    Assert.Equal(reason, read.Reason);
                }
            }).Check();

    /// <summary>A filter covers another exactly when it matches whatever the other matches (tried on all topics of three small levels).</summary>
    [Fact]
    public void Covers_ImpliesMatches()
    {
        string[] levels = ["a", "b", ""];
        string[] topics = [.. from x in levels from y in levels from z in levels from depth in new[] { 1, 2, 3 } select string.Join('/', new[] { x, y, z }.Take(depth)) into topic where topic.Length > 0 select topic];
        string[] parts = ["a", "b", "+", ""];
        string[] filters = [.. from x in parts from y in parts from tail in new[] { "", "/#", "/a" } select $"{x}/{y}{tail}", "#", "+", "a", "a/#"];
        foreach (string allowed in filters)
        {
            foreach (string filter in filters)
            {
                if (!TopicRules.Covers(Encoding.UTF8.GetBytes(allowed), Encoding.UTF8.GetBytes(filter)))
                    continue;
                foreach (string topic in topics)
                {
                    byte[] name = Encoding.UTF8.GetBytes(topic);
                    Assert.True(!TopicRules.Matches(Encoding.UTF8.GetBytes(filter), name) || TopicRules.Matches(Encoding.UTF8.GetBytes(allowed), name), $"{allowed} should match {topic} as {filter} does");
                }
            }
        }
    }

    internal static Gen<byte[]> Packet()
        => from topic in Topic
           from payload in Bytes
           from kind in Gen.Choose(0, 4)
           from id in Gen.Choose(1, 65535)
           select Build(kind, Encoding.UTF8.GetBytes(topic), payload, (ushort)id);

    private static byte[] Build(int kind, byte[] topic, byte[] payload, ushort id)
    {
        var output = new ArrayBufferWriter<byte>();
        switch (kind)
        {
            case 0 or 1 or 2:
                PublishPacket.Write(output, MqttProtocolVersion.V5, topic, payload, kind, false, false, id, new PropertyWriter().User("k"u8, "v"u8).Encoded);
                break;
            case 3:
                AckPacket.Write(output, MqttPacketType.PublishAck, MqttProtocolVersion.V5, id);
                break;
            default:
                var filters = new ArrayBufferWriter<byte>();
                SubscribePacket.EncodeFilter(filters, MqttProtocolVersion.V5, topic, new SubscriptionOptions(1));
                SubscribePacket.Write(output, MqttProtocolVersion.V5, id, default, filters.WrittenSpan);
                break;
        }

        return output.WrittenSpan.ToArray();
    }

    private static Gen<MqttProtocolVersion> Version() => Gen.Elements(MqttProtocolVersion.V311, MqttProtocolVersion.V5);

    private static ReadOnlySpan<byte> BodyOf(ArrayBufferWriter<byte> output, MqttPacketType type)
    {
        Assert.Equal(FrameStatus.Header, PacketFrame.TryRead(output.WrittenSpan, 1 << 24, isShortestRequired: true, out PacketFrame frame));
        Assert.Equal(type, frame.Type);
        Assert.Equal(output.WrittenCount, frame.TotalLength);
        return output.WrittenSpan[frame.HeaderLength..];
    }

    private static void ReadEverything(ReadOnlySpan<byte> body, MqttProtocolVersion version)
    {
        ConnectPacket.Read(body, out _);
        ConnectAckPacket.Read(body, version, out _);
        for (byte flags = 0; flags < 6; flags++)
            PublishPacket.Read(flags, body, version, out _);
        foreach (MqttPacketType type in Enum.GetValues<MqttPacketType>())
        {
            AckPacket.Read(type, body, version, out _);
            SubscribeAckPacket.Read(type, body, version, out _);
            ReasonPacket.Read(type, body, version, out _);
        }

        if (SubscribePacket.Read(body, version, out SubscribePacket subscribe) == MqttReasonCode.Success)
        {
            foreach (SubscribePacket.Request request in subscribe)
                TopicRules.TrySplitShared(request.Filter, out _, out _);
        }

        UnsubscribePacket.Read(body, version, out _);
    }
}

/// <summary>Runs a property with the room's number of cases; a failure prints the seed to replay it.</summary>
internal static class PropertyRun
{
    public static void Check(this Property property) => property.Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithQuietOnSuccess(true));
}
