using System.Buffers;
using System.Text;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Decoding;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Ingest.Tests.Decoding;

public sealed class SparkplugDecoderTests
{
    private readonly PayloadDecoders _decoders = new(DecodingFixture.Shipped);
    private readonly ReadingBuffer _buffer = new();
    private Instant _now = DecodingFixture.Arrival;

    private DecodeResult Send(string topic, byte[] payload) =>
        DecodingFixture.DecoderFor(topic, _decoders).Decode(payload, DecodingFixture.Context with { ReceivedAt = _now }, _buffer);

    private static byte[] Case(string name, string before = "") =>
        File.ReadAllBytes(Path.Combine(ProjectRoot.Of("devices", "profiles", "sparkplug-b", "cases", name), before, "payload.bin"));

    private static byte[] Data(int seq) => [0x12, 0x07, 0x10, 0x01, 0x65, 0x00, 0x00, 0x80, 0x3F, 0x18, .. seq < 128 ? new[] { (byte)seq } : [(byte)(seq | 0x80), 1]];

    [Fact]
    public void Decode_GapsInSequence_AskForRebirthOnceInTenSeconds()
    {
        Send("spBv1.0/plant/NBIRTH/edge1", Case("normal-node-birth"));

        Assert.False(Send("spBv1.0/plant/NDATA/edge1", Data(1)).NeedsRebirth);
        Assert.True(Send("spBv1.0/plant/NDATA/edge1", Data(3)).NeedsRebirth);
        Assert.False(Send("spBv1.0/plant/NDATA/edge1", Data(4)).NeedsRebirth);
        Assert.False(Send("spBv1.0/plant/NDATA/edge1", Data(6)).NeedsRebirth);
        _now += TimeSpan.FromSeconds(10);
        Assert.True(Send("spBv1.0/plant/NDATA/edge1", Data(8)).NeedsRebirth);
        Assert.Equal(1, _buffer.Count);
    }

    [Fact]
    public void Decode_SequenceWraps_AfterTwoHundredFiftyFive()
    {
        Send("spBv1.0/plant/NBIRTH/edge1", Case("normal-node-birth"));

        Assert.All(Enumerable.Range(1, 600), i => Assert.False(Send("spBv1.0/plant/NDATA/edge1", Data(i & 0xFF)).NeedsRebirth));
    }

    [Fact]
    public void Decode_DataAfterDeathOfItsNode_WaitsForTheNextBirth()
    {
        byte[] birth = Case("normal-node-birth");
        Send("spBv1.0/plant/NBIRTH/edge1", birth);
        Send("spBv1.0/plant/NDEATH/edge1", []);

        var result = Send("spBv1.0/plant/NDATA/edge1", Data(1));
        Assert.Equal((QuarantineReason.MissingContext, true), (result.Reason, result.NeedsRebirth));

        Send("spBv1.0/plant/NBIRTH/edge1", birth);
        Assert.Equal(DecodeOutcome.Decoded, Send("spBv1.0/plant/NDATA/edge1", Data(1)).Outcome);
    }

    [Fact]
    public void Decode_DeviceDataOnAnotherNode_NeedsItsOwnBirth()
    {
        Send("spBv1.0/plant/NBIRTH/edge1", Case("normal-node-birth"));
        Send("spBv1.0/plant/DBIRTH/edge1/inv1", Case("normal-device-data", "before/2"));

        Assert.Equal(QuarantineReason.MissingContext, Send("spBv1.0/plant/DDATA/edge1/inv2", Data(2)).Reason);
        Assert.Equal(QuarantineReason.MissingContext, Send("spBv1.0/plant/DDATA/edge2/inv1", Data(2)).Reason);
    }

    [Fact]
    public void Decode_NodeDeath_EndsOnlyDevicesAlive_AtArrival()
    {
        Send("spBv1.0/plant/NBIRTH/edge1", Case("normal-node-birth"));
        Send("spBv1.0/plant/DBIRTH/edge1/inv1", Case("normal-device-data", "before/2"));
        Send("spBv1.0/plant/DBIRTH/edge1/inv2", Case("normal-device-data", "before/2"));
        Send("spBv1.0/plant/DDEATH/edge1/inv1", []);

        Send("spBv1.0/plant/NDEATH/edge1", []);

        Assert.Equal([new ReadingSegment(null, 0, 1), new ReadingSegment("plant/edge1/inv2", 1, 1)], Enumerable.Range(0, _buffer.SegmentCount).Select(_buffer.Segment));
        Assert.All(_buffer.Readings.ToArray(), r => Assert.Equal((0.0, DecodingFixture.Arrival, ReadingOrigin.TimeOfArrival), (r.Value, r.MeasuredAt, r.Origin)));
    }

    [Fact]
    public void Decode_SameMessageAgain_SaysTheSame()
    {
        Send("spBv1.0/plant/NBIRTH/edge1", Case("normal-node-birth"));
        Send("spBv1.0/plant/DBIRTH/edge1/inv1", Case("normal-device-data", "before/2"));
        Send("spBv1.0/plant/NDATA/edge1", Data(2));

        Assert.False(Send("spBv1.0/plant/NDATA/edge1", Data(2)).NeedsRebirth);
        Assert.Equal(2, Send("spBv1.0/plant/NDEATH/edge1", []).Count);
        Assert.Equal(2, Send("spBv1.0/plant/NDEATH/edge1", []).Count);
        Send("spBv1.0/plant/NBIRTH/edge1", Case("normal-node-birth"));
        Assert.Equal(1, Send("spBv1.0/plant/NDEATH/edge1", []).Count);
    }

    [Fact]
    public void Write_Rebirth_IsACommandANodeUnderstands()
    {
        var payload = new ArrayBufferWriter<byte>();
        SparkplugRebirth.Write(payload, new Instant(1486144502122));

        Assert.Equal("08EAF2F5A8A02B121A0A144E6F646520436F6E74726F6C2F52656269727468200B7001", Convert.ToHexString(payload.WrittenSpan));
        Assert.True(DecodingFixture.Shipped.TryMatch("spBv1.0/plant/DDATA/edge1/inv1"u8, out var match));
        Assert.Equal("spBv1.0/plant/NCMD/edge1", SparkplugRebirth.Topic(match));
    }

    [Theory]
    [InlineData("08eaf2f5a8a02b12150a08496e707574732f4118eaf2f5a8a02b200b700112150a08496e707574732f4318eaf2f5a8a02b200b70011800", 1)]
    [InlineData("08eaf2f5a8a02b121e0a0e537570706c7920566f6c7461676518eaf2f5a8a02b200965cdcc44411802", 2)]
    public void Decode_ExamplesOfTheSpecification_AreTakenAsBirths(string hex, int readings)
    {
        var result = Send("spBv1.0/plant/NBIRTH/edge9", Convert.FromHexString(hex));

        Assert.Equal((DecodeOutcome.Decoded, readings), (result.Outcome, result.Count));
        Assert.Equal(1486144502122, _buffer.Readings[0].MeasuredAt.UnixMilliseconds);
    }

    [Fact]
    public void Decode_BirthOfTooManyMetrics_IsRefusedAndForgotten()
    {
        var birth = new ArrayBufferWriter<byte>();
        for (int i = 0; i < 10_001; i++)
        {
            byte[] name = Encoding.ASCII.GetBytes($"m{i}");
            birth.Write<byte>([0x12, (byte)(name.Length + 2), 0x0A, (byte)name.Length, .. name]);
        }

        Assert.Equal(QuarantineReason.TooLarge, Send("spBv1.0/plant/NBIRTH/big", birth.WrittenSpan.ToArray()).Reason);
        Assert.Equal(QuarantineReason.MissingContext, Send("spBv1.0/plant/NDATA/big", Data(1)).Reason);
    }
}
