using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Decoding;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Ingest.Tests.Decoding;

/// <summary>What nodes said of themselves goes into a checkpoint and comes out of it: whatever was said, and wherever it is cut, the rest is decoded as if nothing had happened.</summary>
public sealed class SparkplugSessionProperties
{
    private static readonly string[] s_names = ["Supply Voltage", "Active Power", "Temperature", "CO2", "Uptime", "activePower"];

    [Fact]
    public void RestoreMemory_CutAnywhere_DecodesTheRestAsIfNothingHadHappened() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var messages = Enumerable.Range(0, 120).Select(i => Message(random, i)).ToArray();
        int cut = random.Next(messages.Length);
        var unharmed = new PayloadDecoders(DecodingFixture.Shipped);
        var restored = new PayloadDecoders(DecodingFixture.Shipped);
        IEnumerable<byte[]> memory = [];
        var expected = new List<string>();
        for (int i = 0; i < messages.Length; i++)
        {
            if (i == cut)
            {
                memory = unharmed.TakeMemory();
            }

            expected.Add(Decode(unharmed, messages[i]));
        }

        // Made only now: it must be as of the cut all the same.
        Assert.All(memory, piece => Assert.True(restored.RestoreMemory(piece)));
        for (int i = cut; i < messages.Length; i++)
        {
            Assert.Equal(expected[i], Decode(restored, messages[i]));
        }

        Assert.Contains(expected, e => e.StartsWith("Decoded", StringComparison.Ordinal));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithQuietOnSuccess(true));

    [Fact]
    public void RestoreMemory_BytesThatAreNone_AreRefusedAndNothingThrows() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var decoders = new PayloadDecoders(DecodingFixture.Shipped);
        for (int i = 0; i < 20; i++)
        {
            Decode(decoders, Message(random, i));
        }

        foreach (byte[] piece in decoders.TakeMemory())
        {
            byte[] other = [(byte)random.Next(2, 256), .. piece[1..]];
            Assert.False(new PayloadDecoders(DecodingFixture.Shipped).RestoreMemory(other));
            Assert.False(new PayloadDecoders(DecodingFixture.Shipped).RestoreMemory(piece[..^1]));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithQuietOnSuccess(true));

    [Fact]
    public void UnknownNode_BornAndDead_IsAskedOnlyWhileUnknown()
    {
        var decoders = new PayloadDecoders(DecodingFixture.Shipped);
        var random = new Random(1);
        Assert.Equal("spBv1.0/plant/NCMD/edge1", decoders.UnknownNode("sparkplug-b", "plant/edge1/inv1"));
        Decode(decoders, new Sent("spBv1.0/plant/NBIRTH/edge1", Payload(0, [Metric(random, 0, byAlias: false)]), DecodingFixture.Arrival));
        Assert.Null(decoders.UnknownNode("sparkplug-b", "plant/edge1/inv1"));
        Assert.Null(decoders.UnknownNode("shelly-gen2", "plant/edge2"));
        Decode(decoders, new Sent("spBv1.0/plant/NDEATH/edge1", [], DecodingFixture.Arrival));
        Assert.Equal("spBv1.0/plant/NCMD/edge1", decoders.UnknownNode("sparkplug-b", "plant/edge1"));
    }

    private static string Decode(PayloadDecoders decoders, Sent sent)
    {
        var buffer = new ReadingBuffer();
        var result = DecodingFixture.DecoderFor(sent.Topic, decoders).Decode(sent.Payload, DecodingFixture.Context with { ReceivedAt = sent.At }, buffer);
        string segments = string.Join(' ', Enumerable.Range(0, result.Outcome == DecodeOutcome.Decoded ? buffer.SegmentCount : 0).Select(i => buffer.Segment(i).ToString()));
        return $"{result.Outcome} {result.Reason} {result.Detail} {result.NeedsRebirth} {segments} {(result.Outcome == DecodeOutcome.Decoded ? string.Join(' ', DecodingFixture.Show(buffer)) : "")}";
    }

    private static Sent Message(Random random, int number)
    {
        string node = $"edge{random.Next(2)}";
        string device = $"inv{random.Next(2)}";
        int sequence = random.Next(12) == 0 ? random.Next(256) : number & 0xFF;
        var at = new Instant(DecodingFixture.Arrival.UnixMilliseconds + (number * 3000L));
        byte[] Data(bool isBirth) => Payload(sequence, [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Metric(random, random.Next(4), byAlias: !isBirth && random.Next(4) > 0, always: isBirth))]);
        return random.Next(10) switch
        {
            0 => new Sent($"spBv1.0/plant/NBIRTH/{node}", [.. Data(true), .. BirthDeath(random)], at),
            1 or 2 => new Sent($"spBv1.0/plant/DBIRTH/{node}/{device}", Data(true), at),
            3 when random.Next(3) == 0 => new Sent($"spBv1.0/plant/NDEATH/{node}", BirthDeath(random), at),
            4 when random.Next(3) == 0 => new Sent($"spBv1.0/plant/DDEATH/{node}/{device}", Payload(sequence, []), at),
            < 7 => new Sent($"spBv1.0/plant/NDATA/{node}", Data(false), at),
            _ => new Sent($"spBv1.0/plant/DDATA/{node}/{device}", Data(false), at),
        };
    }

    private static byte[] BirthDeath(Random random) => [0x12, 11, 0x0A, 5, .. "bdSeq"u8, 0x20, 8, 0x58, (byte)random.Next(2)];

    private static byte[] Payload(int sequence, byte[][] metrics)
    {
        var bytes = new List<byte>();
        foreach (byte[] metric in metrics)
        {
            bytes.AddRange([0x12, (byte)metric.Length, .. metric]);
        }

        return [.. bytes, 0x18, .. sequence < 128 ? new[] { (byte)sequence } : [(byte)(sequence | 0x80), 1]];
    }

    /// <summary>By name, alias and type in a birth; by alias alone or by name in data. Numbers are 32-bit integers.</summary>
    private static byte[] Metric(Random random, int alias, bool byAlias, bool always = true)
    {
        byte[] name = Encoding.UTF8.GetBytes(s_names[random.Next(s_names.Length)] is var n && random.Next(5) == 0 ? n + random.Next(3).ToString(CultureInfo.InvariantCulture) : n);
        var metric = new List<byte>();
        if (!byAlias)
        {
            metric.AddRange([0x0A, (byte)name.Length, .. name]);
        }

        if (byAlias || always)
        {
            metric.AddRange([0x10, (byte)alias]);
        }

        if (!byAlias && random.Next(3) > 0)
        {
            metric.AddRange([0x20, 7]);
        }

        return [.. metric, 0x50, (byte)random.Next(128)];
    }

    private sealed record Sent(string Topic, byte[] Payload, Instant At);
}
