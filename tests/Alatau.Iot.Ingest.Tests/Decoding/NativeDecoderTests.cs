using System.Text;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Decoding;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Ingest.Tests.Decoding;

public sealed class NativeDecoderTests
{
    private const string Hot = """{"ts":1795323600123,"seq":42,"v":{"activePower":1234.5,"voltage.l1":229.8,"voltage.l2":230.14,"voltage.l3":231.0,"energyImport":123456.75,"frequency":49.98}}""";

    private readonly ReadingBuffer _buffer = new();
    private readonly PayloadDecoder _decoder = DecodingFixture.Native();

    private DecodeResult Decode(string json) => _decoder.Decode(Encoding.UTF8.GetBytes(json), DecodingFixture.Context, _buffer);

    [Fact]
    public void Decode_FullObject_GivesEveryValueWithTimeAndNumber()
    {
        var result = Decode(Hot);

        Assert.Equal(DecodeOutcome.Decoded, result.Outcome);
        Assert.Equal(6, result.Count);
        Assert.Equal(
            [
                "activePower=1234.5 Good 2026-11-22T05:00:00.123Z", "voltage.l1=229.8 Good 2026-11-22T05:00:00.123Z", "voltage.l2=230.14 Good 2026-11-22T05:00:00.123Z",
                "voltage.l3=231 Good 2026-11-22T05:00:00.123Z", "energyImport=123456.75 Good 2026-11-22T05:00:00.123Z", "frequency=49.98 Good 2026-11-22T05:00:00.123Z",
            ],
            DecodingFixture.Show(_buffer));
        Assert.All(_buffer.Readings.ToArray(), r => Assert.Equal((42u, ReadingOrigin.None), (r.Sequence, r.Origin)));
    }

    [Theory]
    [InlineData("""{"v":{"activePower":1},"seq":7,"ts":"2026-11-22T10:00:00+05:00"}""")]
    [InlineData("""{"\u0076":{"active\u0050ower":1},"s\u0065q":7,"ts":"2026-11-22T05:00:00.000999999Z"}""")]
    [InlineData(""" [ { "x" : [ { } , [ ] , "}" ] , "v" : { "activePower" : 1e0 } , "seq" : 7.0 , "ts" : 1795323600000.9 } ] """)]
    public void Decode_AnyOrderAndStampFormat_GivesSameReading(string json)
    {
        var result = Decode(json);

        Assert.True(result.Outcome == DecodeOutcome.Decoded, result.Detail);
        var reading = Assert.Single(_buffer.Readings.ToArray());
        Assert.Equal(new Reading(new Instant(1_795_323_600_000), 1, 7, DecodingFixture.Shipped.Measurands.Id("activePower"), Quality.Good, ReadingOrigin.None), reading);
    }

    [Fact]
    public void Decode_ListOfObjects_StampsEachObjectByItself()
    {
        Decode("""[{"v":{"co2":400}},{"ts":1000000000000,"v":{"co2":500,"humidity":40}},{"ts":null,"seq":3,"v":{"co2":600}}]""");

        Assert.Equal(
            ["co2=400 Good arrival", "co2=500 Good 2001-09-09T01:46:40.000Z", "humidity=40 Good 2001-09-09T01:46:40.000Z", "co2=600 Good arrival"],
            DecodingFixture.Show(_buffer));
        Assert.Equal([ReadingOrigin.TimeOfArrival, ReadingOrigin.None, ReadingOrigin.None, ReadingOrigin.TimeOfArrival], _buffer.Readings.ToArray().Select(r => r.Origin));
    }

    [Fact]
    public void Decode_ValuesThatAreNoNumbers_AreBadOrStates()
    {
        Decode("""{"ts":1795323600000,"v":{"activePower":null,"voltage":"NaN","current":1e999,"switch":true,"contact":false,"co2":{"value":5,"quality":"uncertain"},"humidity":{"quality":"estimated","value":null},"online":{"value":1,"quality":"bad"}}}""");

        Assert.Equal(
            ["activePower=0 Bad", "voltage=0 Bad", "current=0 Bad", "switch=1 Good", "contact=0 Good", "co2=5 Uncertain", "humidity=0 Bad", "online=1 Bad"],
            DecodingFixture.Show(_buffer).Select(s => s.Replace(" arrival", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Decode_RetainedWithoutTime_IsUncertainAndMarked()
    {
        _decoder.Decode("""{"v":{"co2":400}}"""u8, DecodingFixture.Context with { Retained = true }, _buffer);

        var reading = Assert.Single(_buffer.Readings.ToArray());
        Assert.Equal((Quality.Uncertain, ReadingOrigin.TimeOfArrival | ReadingOrigin.Retained), (reading.Quality, reading.Origin));
    }

    [Theory]
    [InlineData("", QuarantineReason.Malformed, "byte 1 of 0: the document ends too early")]
    [InlineData("""{"v":{"activePower":12.}}""", QuarantineReason.Malformed, "byte 21 of 25: a number is not written as JSON demands")]
    [InlineData("""{"v":{"activePower":NaN}}""", QuarantineReason.Malformed, "NaN, Infinity")]
    [InlineData("""{"v":{"activePower":1}} x""", QuarantineReason.Malformed, "something follows")]
    [InlineData("""{"v":{"activePower":1},}""", QuarantineReason.Malformed, "name in double quotes is missing")]
    [InlineData("""{"v":{"activePower":1""", QuarantineReason.Malformed, "ends too early")]
    [InlineData("""{"v":{"activPower":1}}""", QuarantineReason.WrongField, "v.activPower: no measurand of this name is known. Did you mean 'activePower'?")]
    [InlineData("""{"v":{"voltage.l4":1}}""", QuarantineReason.WrongField, "suffix must be one of .l1 .l2 .l3")]
    [InlineData("""{"v":{"voltage":[1,2]}}""", QuarantineReason.WrongField, "v.voltage: must be a number")]
    [InlineData("""{"v":{"voltage":{"quality":"good"}}}""", QuarantineReason.WrongField, "v.voltage: must be a number")]
    [InlineData("""{"v":{"voltage":{"value":1,"quality":"fine"}}}""", QuarantineReason.WrongField, "Write good, estimated, uncertain or bad")]
    [InlineData("""{"ts":"2026-11-22T05:00:00","v":{"voltage":1}}""", QuarantineReason.WrongField, "ts: '2026-11-22T05:00:00' is no time")]
    [InlineData("""{"ts":1e300,"v":{"voltage":1}}""", QuarantineReason.WrongField, "is no time")]
    [InlineData("""{"seq":-1,"v":{"voltage":1}}""", QuarantineReason.WrongField, "seq: must be a whole number")]
    [InlineData("""{"ts":1}""", QuarantineReason.WrongField, "v: missing")]
    [InlineData("""{"v":3}""", QuarantineReason.WrongField, "v: must be an object")]
    [InlineData("""[1]""", QuarantineReason.WrongField, "must be an object or a list of objects")]
    [InlineData("""42""", QuarantineReason.WrongField, "must be an object or a list of objects")]
    [InlineData("""{"v":{}}""", QuarantineReason.NothingMapped, "holds no value")]
    [InlineData("""[]""", QuarantineReason.NothingMapped, "holds no value")]
    public void Decode_Unusable_SaysReasonPlaceAndCure(string json, QuarantineReason reason, string part)
    {
        var result = Decode(json);

        Assert.Equal((DecodeOutcome.Quarantined, reason), (result.Outcome, result.Reason));
        Assert.Contains(part, result.Detail, StringComparison.Ordinal);
        Assert.Equal(0, _buffer.Count);
    }

    [Fact]
    public void Decode_BeyondTheBounds_IsTooLarge()
    {
        string values = string.Join(',', Enumerable.Repeat("""{"v":{"co2":1}}""", ReadingBuffer.MaximumReadings + 1));
        string deep = "{\"x\":" + new string('[', 40) + new string(']', 40) + ",\"v\":{\"co2\":1}}";

        Assert.Equal(QuarantineReason.TooLarge, Decode("[" + values + "]").Reason);
        Assert.Equal(QuarantineReason.TooLarge, Decode(deep).Reason);
        Assert.Equal(QuarantineReason.TooLarge, Decode(new string('[', 1_000_000)).Reason);
        Assert.Equal(QuarantineReason.TooLarge, _decoder.Decode(new byte[PayloadDecoder.MaximumPayload + 1], DecodingFixture.Context, _buffer).Reason);
        Assert.Equal(DecodeOutcome.Decoded, Decode(Hot).Outcome);
    }

    [Fact]
    public void Decode_GoodMessages_AllocateNothing()
    {
        byte[] payload = Encoding.UTF8.GetBytes(Hot);
        for (int i = 0; i < 100; i++)
        {
            _decoder.Decode(payload, DecodingFixture.Context, _buffer);
        }

        Assert.Equal(0, Allocations.LeastOf(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                _decoder.Decode(payload, DecodingFixture.Context, _buffer);
            }
        }));
    }
}
