using System.Text;
using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Tests.Packets;

/// <summary>What the standard forbids, clause by clause.</summary>
public sealed class PacketRulesTests
{
    [Theory]
    [InlineData("00 00")] // type 0
    [InlineData("11 00")] // CONNECT with flags (2.1.3)
    [InlineData("36 00")] // PUBLISH QoS 3 (3.3.1-4)
    [InlineData("38 00")] // DUP at QoS 0 (3.3.1-2)
    [InlineData("60 02")] // PUBREL without 0010 (3.6.1-1)
    [InlineData("80 02")] // SUBSCRIBE without 0010 (3.8.1-1)
    [InlineData("A0 02")] // UNSUBSCRIBE without 0010
    [InlineData("C1 00")] // PINGREQ with flags
    [InlineData("30 FF FF FF FF 01")] // five bytes of length (1.5.5)
    public void TryRead_ReservedHeader_IsMalformed(string hex)
        => Assert.Equal(FrameStatus.Malformed, PacketFrame.TryRead(Hex(hex), int.MaxValue, isShortestRequired: true, out _));

    [Fact]
    public void TryRead_LengthOf256Megabytes_IsTooLargeFromTheHeaderAlone()
        => Assert.Equal(FrameStatus.TooLarge, PacketFrame.TryRead(Hex("30 FF FF FF 7F"), 1 << 20, isShortestRequired: true, out _));

    [Fact]
    public void TryRead_PaddedLength_IsMalformedWhereTheShortestIsRequired()
    {
        Assert.Equal(FrameStatus.Malformed, PacketFrame.TryRead(Hex("30 85 00"), 1 << 20, isShortestRequired: true, out _));
        Assert.Equal(FrameStatus.Header, PacketFrame.TryRead(Hex("30 85 00"), 1 << 20, isShortestRequired: false, out PacketFrame frame));
        Assert.Equal(5, frame.BodyLength);
    }

    [Theory]
    [InlineData("00 03 61 2F 23", MqttReasonCode.TopicNameInvalid)] // a/#
    [InlineData("00 01 2B", MqttReasonCode.TopicNameInvalid)] // +
    [InlineData("00 00", MqttReasonCode.ProtocolError)] // empty
    [InlineData("00 02 61 00", MqttReasonCode.MalformedPacket)] // U+0000
    [InlineData("00 03 ED A0 80", MqttReasonCode.MalformedPacket)] // surrogate
    [InlineData("00 01 FF", MqttReasonCode.MalformedPacket)] // no UTF-8
    [InlineData("00 02 C0 80", MqttReasonCode.MalformedPacket)] // overlong
    [InlineData("00 09 61", MqttReasonCode.MalformedPacket)] // length beyond the end
    [InlineData("00", MqttReasonCode.MalformedPacket)]
    public void Publish_BadTopic_IsRefused(string hex, MqttReasonCode expected)
        => Assert.Equal(expected, PublishPacket.Read(0, Hex(hex), MqttProtocolVersion.V311, out _));

    [Fact]
    public void Publish_PacketIdZero_IsProtocolError()
        => Assert.Equal(MqttReasonCode.ProtocolError, PublishPacket.Read(2, Hex("00 01 61 00 00"), MqttProtocolVersion.V311, out _));

    [Theory]
    [InlineData("00 01 61 02 01 02", MqttReasonCode.ProtocolError)] // payload format 2
    [InlineData("00 01 61 04 01 00 01 00", MqttReasonCode.ProtocolError)] // twice
    [InlineData("00 01 61 01 7E", MqttReasonCode.MalformedPacket)] // unknown
    [InlineData("00 01 61 05 11 00 00 00 01", MqttReasonCode.ProtocolError)] // session expiry in PUBLISH
    [InlineData("00 01 61 03 23 00 00", MqttReasonCode.TopicAliasInvalid)] // alias 0
    [InlineData("00 01 61 02 0B 00", MqttReasonCode.ProtocolError)] // subscription identifier 0
    [InlineData("00 01 61 05 02 00 00", MqttReasonCode.MalformedPacket)] // length beyond the end
    [InlineData("00 01 61 04 08 00 01 23", MqttReasonCode.ProtocolError)] // response topic with wildcard
    [InlineData("00 01 61 09 0B 80 80 80 80 01 00 00 00", MqttReasonCode.MalformedPacket)] // five bytes of integer
    public void Publish_BadProperties_AreRefused(string hex, MqttReasonCode expected)
        => Assert.Equal(expected, PublishPacket.Read(0, Hex(hex), MqttProtocolVersion.V5, out _));

    [Theory]
    [InlineData("00 04 4D 51 54 54 04 01 00 00 00 01 61", MqttReasonCode.MalformedPacket)] // reserved flag
    [InlineData("00 04 4D 51 54 54 04 1C 00 00 00 01 61 00 01 61 00 00", MqttReasonCode.MalformedPacket)] // will QoS 3
    [InlineData("00 04 4D 51 54 54 04 08 00 00 00 01 61", MqttReasonCode.MalformedPacket)] // will QoS without will
    [InlineData("00 04 4D 51 54 54 04 40 00 00 00 01 61 00 00", MqttReasonCode.MalformedPacket)] // password without user
    [InlineData("00 04 4D 51 54 54 04 02 00 00 00 01 61 00", MqttReasonCode.MalformedPacket)] // bytes left over
    [InlineData("00 04 4D 51 54 54 04 06 00 00 00 01 61 00 01 23 00 00", MqttReasonCode.TopicNameInvalid)] // will topic #
    [InlineData("00 04 4D 51 54 54 06 02 00 00 00 01 61", MqttReasonCode.UnsupportedProtocolVersion)]
    [InlineData("00 06 4D 51 49 73 64 70 03 02 00 00 00 01 61", MqttReasonCode.UnsupportedProtocolVersion)] // 3.1
    [InlineData("00 04 4D 51 54 58 04 02 00 00 00 01 61", MqttReasonCode.MalformedPacket)] // another name
    [InlineData("00 04 4D 51 54 54 05 02 00 00 03 21 00 00 00 01 61", MqttReasonCode.ProtocolError)] // receive maximum 0
    [InlineData("00 04 4D 51 54 54 05 02 00 00 05 27 00 00 00 00 00 01 61", MqttReasonCode.ProtocolError)] // maximum packet size 0
    [InlineData("00 04 4D 51 54 54 05 02 00 00 04 16 00 01 61 00 01 61", MqttReasonCode.ProtocolError)] // authentication data without method
    public void Connect_Malformed_IsRefused(string hex, MqttReasonCode expected)
        => Assert.Equal(expected, ConnectPacket.Read(Hex(hex), out _));

    [Theory]
    [InlineData("00 01 00 01 61 03", MqttReasonCode.MalformedPacket)] // QoS 3
    [InlineData("00 01 00 01 61 04", MqttReasonCode.MalformedPacket)] // reserved bits in 3.1.1
    [InlineData("00 01", MqttReasonCode.ProtocolError)] // nothing asked
    [InlineData("00 00 00 01 61 00", MqttReasonCode.ProtocolError)] // id 0
    [InlineData("00 01 00 01 61", MqttReasonCode.MalformedPacket)] // no options
    public void Subscribe_Malformed_IsRefused(string hex, MqttReasonCode expected)
        => Assert.Equal(expected, SubscribePacket.Read(Hex(hex), MqttProtocolVersion.V311, out _));

    [Fact]
    public void Subscribe_NoLocalOnShared_IsProtocolError()
    {
        var filters = new System.Buffers.ArrayBufferWriter<byte>();
        SubscribePacket.EncodeFilter(filters, MqttProtocolVersion.V5, "$share/g/a"u8, new SubscriptionOptions(1, IsNoLocal: true));
        Assert.Equal(MqttReasonCode.ProtocolError, SubscribePacket.Read([0, 1, 0, .. filters.WrittenSpan], MqttProtocolVersion.V5, out _));
    }

    [Theory]
    [InlineData("#", "a/b", true)]
    [InlineData("#", "$SYS/a", false)]
    [InlineData("+/a", "$SYS/a", false)]
    [InlineData("$SYS/#", "$SYS/a", true)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "ab", false)]
    [InlineData("a/+", "a", false)]
    [InlineData("a/+", "a/", true)]
    [InlineData("+", "/a", false)]
    [InlineData("+/+", "/a", true)]
    [InlineData("/+", "/a", true)]
    [InlineData("a/+/c", "a/b/c", true)]
    [InlineData("a/+/c", "a/b/c/d", false)]
    [InlineData("a/b", "a/b/c", false)]
    public void Matches_ExamplesOfTheStandard_Hold(string filter, string topic, bool expected)
        => Assert.Equal(expected, TopicRules.Matches(Encoding.UTF8.GetBytes(filter), Encoding.UTF8.GetBytes(topic)));

    [Theory]
    [InlineData("a/#/b", false)]
    [InlineData("a#", false)]
    [InlineData("a+/b", false)]
    [InlineData("", false)]
    [InlineData("+/+/#", true)]
    [InlineData("/", true)]
    public void IsFilter_Examples_Hold(string filter, bool expected)
        => Assert.Equal(expected, TopicRules.IsFilter(Encoding.UTF8.GetBytes(filter)));

    [Theory]
    [InlineData("$share/g/a/#", true)]
    [InlineData("$share//a", false)]
    [InlineData("$share/g", false)]
    [InlineData("$share/g/", false)]
    [InlineData("$share/+/a", false)]
    public void TrySplitShared_Examples_Hold(string text, bool expected)
        => Assert.Equal(expected, TopicRules.TrySplitShared(Encoding.UTF8.GetBytes(text), out _, out _));

    [Theory]
    [InlineData("a/+/#", "a/b/#", true)]
    [InlineData("a/+", "a/#", false)]
    [InlineData("a/b/#", "a/b", true)]
    [InlineData("a/b/#", "a/+/c", false)]
    [InlineData("#", "$share", false)]
    public void Covers_Examples_Hold(string allowed, string filter, bool expected)
        => Assert.Equal(expected, TopicRules.Covers(Encoding.UTF8.GetBytes(allowed), Encoding.UTF8.GetBytes(filter)));

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
