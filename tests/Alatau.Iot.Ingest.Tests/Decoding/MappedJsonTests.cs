using System.Text;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Decoding;
using Alatau.Iot.Ingest.Decoding.Json;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Ingest.Tests.Decoding;

/// <summary>What fields of a profile can say.</summary>
public sealed class MappedJsonTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ReadingBuffer _buffer = new();

    public void Dispose() => _folder.Dispose();

    private string[] Decode(string message, string payload, out DecodeResult result)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "probe"));
        File.WriteAllText(Path.Combine(_folder.Path, "probe", "profile.json"), $$"""{"displayName":"P","messages":[{"topics":["p/{device}"],"format":"json",{{message}}}]}""");
        var faults = new FileFaults();
        var catalog = ProfileCatalog.Load(_folder.Path, faults);
        Assert.Empty(faults.All);
        Assert.True(catalog.TryMatch("p/1"u8, out var match));
        result = new PayloadDecoders(catalog).For(match).Decode(Encoding.UTF8.GetBytes(payload), DecodingFixture.Context, _buffer);
        return DecodingFixture.Show(_buffer, catalog);
    }

    [Theory]
    [InlineData("""{"path":"a","measurand":"activePower","unit":"kW","scale":0.1,"offset":2,"invert":true}""", """{"a":30}""", "activePower=-5000 Good")]
    [InlineData("""{"path":"a","measurand":"ambientTemperature","unit":"degF"}""", """{"a":212}""", "ambientTemperature=100 Good")]
    [InlineData("""{"path":"a","measurand":"activePower","invert":true}""", """{"a":0}""", "activePower=0 Good")]
    [InlineData("""{"path":"a","measurand":"activePower","maximum":100}""", """{"a":101}""", "activePower=101 Bad")]
    [InlineData("""{"path":"a","measurand":"activePower","null":"zero"}""", """{"a":null}""", "activePower=0 Good")]
    [InlineData("""{"path":"a","measurand":"activePower"}""", """{"a":"unavailable"}""", "activePower=0 Bad")]
    [InlineData("""{"path":"a","measurand":"activePower"}""", """{"a":"226.9"}""", "activePower=226.9 Good")]
    [InlineData("""{"path":"a","measurand":"activePower","other":"bad"}""", """{"a":{"b":1}}""", "activePower=0 Bad")]
    [InlineData("""{"path":"a","measurand":"switch","states":{"closed":1,"true":0}}""", """{"a":true}""", "switch=0 Good")]
    [InlineData("""{"path":"a.b","measurand":"signalNoise","default":-3}""", """{"a":{"b\u0000":1}}""", "signalNoise=-3 Good")]
    [InlineData("""{"path":"v","measurand":"energyImport","unitFrom":{"path":"u"}}""", """{"v":2,"u":"kWh"}""", "energyImport=2000 Good")]
    [InlineData("""{"path":"v","measurand":"ambientTemperature","unitFrom":{"path":"u","units":{"F":"degF"}}}""", """{"u":"F","v":212}""", "ambientTemperature=100 Good")]
    [InlineData("""{"path":"v","measurand":"energyImport","unit":"Ws","unitFrom":{"path":"u"}}""", """{"v":3600}""", "energyImport=1 Good")]
    [InlineData("""{"path":"p[*].w","measurand":"activePower","suffixes":[".l1",".l2",".l3"]}""", """{"p":[{"w":1},{"w":2},{"x":3}]}""", "activePower.l1=1 Good|activePower.l2=2 Good")]
    [InlineData("""{"path":"[\"a.b\"][1]","measurand":"co2"}""", """{"a.b":[1,2]}""", "co2=2 Good")]
    [InlineData("""{"path":"\u0061","measurand":"co2"}""", """{"\u0061":7}""", "co2=7 Good")]
    public void Decode_Field_FollowsItsProfile(string field, string payload, string expected)
    {
        string[] found = Decode($"\"fields\":[{field}]", payload, out var result);

        Assert.True(result.Outcome == DecodeOutcome.Decoded, result.Detail);
        Assert.Equal(expected, string.Join('|', found).Replace(" arrival", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"path":"a","measurand":"activePower","required":true},{"path":"b","measurand":"co2"}""", """{"b":1}""", QuarantineReason.WrongField, "a: missing, and the profile requires it")]
    [InlineData("""{"path":"a","measurand":"activePower"}""", """{"a":"lots"}""", QuarantineReason.WrongField, "a: 'lots' is no number")]
    [InlineData("""{"path":"a","measurand":"activePower"}""", """{"a":[1,2]}""", QuarantineReason.WrongField, "a: an object or list")]
    [InlineData("""{"path":"a","measurand":"energyImport","unitFrom":{"path":"u"}}""", """{"a":1,"u":"BTU"}""", QuarantineReason.WrongField, "a: 'BTU' is no unit that becomes Wh")]
    [InlineData("""{"path":"a","measurand":"energyImport","unitFrom":{"path":"u"}}""", """{"a":1}""", QuarantineReason.WrongField, "a: nothing is no unit")]
    [InlineData("""{"path":"a.b","measurand":"co2","default":0}""", """{"x":1}""", QuarantineReason.NothingMapped, "None of the profile's fields")]
    public void Decode_Unusable_NamesTheField(string field, string payload, QuarantineReason reason, string part)
    {
        Decode($"\"fields\":[{field}]", payload, out var result);

        Assert.Equal((DecodeOutcome.Quarantined, reason), (result.Outcome, result.Reason));
        Assert.Contains(part, result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unixSeconds", "1795323598.12", "2026-11-22T04:59:58.120Z")]
    [InlineData("unixMilliseconds", "1795323598120", "2026-11-22T04:59:58.120Z")]
    [InlineData("rfc3339", "\"2026-11-22T04:59:58.123456789+00:00\"", "2026-11-22T04:59:58.123Z")]
    [InlineData("local", "\"2026-11-22T09:59:58\"", "2026-11-22T04:59:58.000Z")]
    [InlineData("local", "\"2024-02-10T10:00:00\"", "2024-02-10T04:00:00.000Z")]
    [InlineData("local", "\"2026-11-22T09:59:58+02:00\"", "2026-11-22T07:59:58.000Z")]
    [InlineData("auto", "1795323598120", "2026-11-22T04:59:58.120Z")]
    [InlineData("auto", "\"2026-11-22T04:59:58Z\"", "2026-11-22T04:59:58.000Z")]
    [InlineData("local", "null", "arrival")]
    public void Decode_Time_IsReadInItsFormat(string format, string time, string expected)
    {
        string[] found = Decode($$"""
            "time":{"path":"t","format":"{{format}}"},"sequence":"n","fields":[{"path":"a","measurand":"co2"}]
            """, $$"""{"a":1,"n":9,"t":{{time}}}""", out _);

        Assert.Equal($"co2=1 Good {expected}", Assert.Single(found));
        Assert.Equal(expected == "arrival" ? ReadingOrigin.TimeOfArrival : ReadingOrigin.None, _buffer.Readings[0].Origin);
        Assert.Equal(9u, _buffer.Readings[0].Sequence);
    }

    [Theory]
    [InlineData("Asia/Almaty", "2024-02-29T23:30:00Z", "2024-02-29T17:31:00Z", "2024-02-29T17:30:00.000Z")]
    [InlineData("Asia/Almaty", "2024-02-29T23:30:00Z", "2024-02-29T18:31:00Z", "2024-02-29T18:30:00.000Z")]
    [InlineData("Europe/Berlin", "2026-10-25T02:30:00Z", "2026-10-25T00:31:00Z", "2026-10-25T00:30:00.000Z")]
    [InlineData("Europe/Berlin", "2026-10-25T02:30:00Z", "2026-10-25T01:31:00Z", "2026-10-25T01:30:00.000Z")]
    [InlineData("Europe/Berlin", "2026-03-29T02:30:00Z", "2026-03-29T01:31:00Z", "2026-03-29T01:30:00.000Z")]
    [InlineData("Europe/Berlin", "2026-03-29T03:30:00Z", "2026-03-29T01:31:00Z", "2026-03-29T01:30:00.000Z")]
    public void FromLocal_HourThatComesTwiceOrNever_IsTheOneNearTheArrival(string zone, string local, string arrival, string expected)
    {
        // Asia/Almaty went from UTC+6 to UTC+5 on 1 March 2024 at midnight: 23:30 of 29 February came twice.
        Assert.True(Instant.TryParse(local, out var asIfUtc) & Instant.TryParse(arrival, out var received));

        Assert.Equal(expected, JsonTime.FromLocal(asIfUtc, TimeZoneInfo.FindSystemTimeZoneById(zone), received).ToString());
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00")]
    [InlineData("9999-12-31T23:59:59")]
    public void Decode_LocalTimeAtTheEndsOfTheCalendar_DoesNotThrow(string time)
    {
        Decode("\"time\":{\"path\":\"t\",\"format\":\"local\"},\"fields\":[{\"path\":\"a\",\"measurand\":\"co2\"}]", $$"""{"a":1,"t":"{{time}}"}""", out var result);

        Assert.Equal(DecodeOutcome.Decoded, result.Outcome);
    }
}
