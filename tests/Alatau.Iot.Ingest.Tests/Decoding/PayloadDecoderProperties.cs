using System.Globalization;
using System.Text;
using Alatau.Iot.Ingest.Decoding;
using Alatau.Iot.Ingest.Tests.Decoding.Json;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Ingest.Tests.Decoding;

/// <summary>Whatever bytes arrive on whatever topic, a decoder answers with finite readings or with a reason, and never throws.</summary>
public sealed class PayloadDecoderProperties
{
    private static readonly (string Topic, byte[] Payload)[] s_cases =
        [.. Directory.EnumerateFiles(ProjectRoot.Of("devices", "profiles"), "topic.txt", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(f => (File.ReadAllLines(f)[0], File.ReadAllBytes(Directory.GetFiles(Path.GetDirectoryName(f)!, "payload.*")[0])))];

    private readonly ReadingBuffer _buffer = new();
    private readonly PayloadDecoders _decoders = new(DecodingFixture.Shipped);

    [Fact]
    public void Decode_DamagedPayloads_AnswersWithReadingsOrReason() =>
        JsonScannerProperties.Check(6000, random =>
        {
            var (topic, payload) = s_cases[random.Next(s_cases.Length)];
            byte[] damaged = [.. payload];
            for (int i = random.Next(4); i >= 0; i--)
            {
                damaged = JsonScannerProperties.Damage(damaged, random);
            }

            Decode(topic, damaged, random.Next(2) == 0);
        });

    [Fact]
    public void Decode_RandomBytes_AnswersWithReadingsOrReason() =>
        JsonScannerProperties.Check(4000, random =>
        {
            byte[] payload = new byte[random.Next(200)];
            random.NextBytes(payload);
            Decode(s_cases[random.Next(s_cases.Length)].Topic, payload, random.Next(2) == 0);
        });

    [Fact]
    public void Decode_PayloadOfAnotherFormat_AnswersWithReadingsOrReason() =>
        JsonScannerProperties.Check(3000, random => Decode(s_cases[random.Next(s_cases.Length)].Topic, s_cases[random.Next(s_cases.Length)].Payload, retained: false));

    [Theory]
    [InlineData(0x5B, 1_000_000)]
    [InlineData(0x7B, 1_000_000)]
    [InlineData(0x22, 1_000_000)]
    [InlineData(0x31, 1_000_000)]
    [InlineData(0x9F, 1_000_000)]
    [InlineData(0xBF, 1_000_000)]
    [InlineData(0xC4, 1_000_000)]
    [InlineData(0x12, 1_000_000)]
    [InlineData(0xFF, 1_000_000)]
    [InlineData(0x00, 2_000_000)]
    public void Decode_HugeMonotony_IsBounded(byte filling, int length)
    {
        byte[] payload = new byte[length];
        payload.AsSpan().Fill(filling);

        foreach (var (topic, _) in s_cases)
        {
            Decode(topic, payload, retained: false);
        }
    }

    [Fact]
    public void Decode_ListOfAMillionNumbers_IsBounded()
    {
        byte[] payload = Encoding.ASCII.GetBytes("[" + string.Join(',', Enumerable.Repeat("1", 500_000)) + "]");

        foreach (var (topic, _) in s_cases)
        {
            Decode(topic, payload, retained: false);
        }
    }

    private void Decode(string topic, byte[] payload, bool retained)
    {
        Assert.True(DecodingFixture.Shipped.TryMatch(Encoding.UTF8.GetBytes(topic), out var match));
        if (match.IsIgnored)
        {
            return;
        }

        var result = _decoders.For(match).Decode(payload, DecodingFixture.Context with { Retained = retained }, _buffer);

        Assert.Equal(result.Count, _buffer.Count);
        if (result.Outcome == DecodeOutcome.Decoded)
        {
            Assert.InRange(result.Count, 1, ReadingBuffer.MaximumReadings);
            int segments = 0;
            for (int i = 0; i < _buffer.SegmentCount; i++)
            {
                Assert.Equal(segments, _buffer.Segment(i).Start);
                segments += _buffer.Segment(i).Count;
            }

            Assert.Equal(result.Count, segments);
            foreach (var reading in _buffer.Readings)
            {
                Assert.True(double.IsFinite(reading.Value), string.Create(CultureInfo.InvariantCulture, $"{topic}: {reading}"));
                Assert.True(Enum.IsDefined(reading.Quality) && reading.Measurand.Value < DecodingFixture.Shipped.Measurands.Count);
            }
        }
        else
        {
            Assert.Equal(0, result.Count);
            Assert.Equal(result.Outcome == DecodeOutcome.Quarantined, result.Detail.EndsWith('.'));
            Assert.True(result.Detail.Length < 600, result.Detail);
        }
    }
}
