using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Decoding;
using Alatau.Iot.Simulator.Load;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Benchmarks.Micro;

/// <summary>The load generator's messages as the steps behind the socket see them: payload bytes and decoded readings of a thousand meters.</summary>
internal sealed class MicroMessages
{
    public const int Assets = 1000;
    public const int Measurands = 6;

    private const string Site = "micro";
    private readonly Reading[] _readings;

    public MicroMessages(int seed)
    {
        var faults = new FileFaults();
        Profiles = ProfileCatalog.Load(ProjectRoot.Of("devices", "profiles"), faults);
        Rules = new AlarmRuleSet(ReadRules(faults), Profiles.Measurands);
        if (faults.Any)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, faults.All));
        }

        Start = new Instant(Instant.Now(TimeProvider.System).UnixMilliseconds - (long)TimeSpan.FromDays(20).TotalMilliseconds);
        Topic = System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"alatau/v1/{Site}/{LoadPacket.FirstAsset}/telemetry"));
        Decoder = Profiles.TryMatch(Topic, out var match) ? new PayloadDecoders(Profiles).For(match) : throw new InvalidOperationException("The native profile is gone.");
        var packet = new LoadPacket(Site, 0);
        byte[] bytes = new byte[packet.Length];
        packet.Write(bytes, 0, Start.UnixMilliseconds, 0, 10_000 + (seed % 90_000), 0);
        Payload = bytes[bytes.AsSpan().IndexOf((byte)'{')..];
        var buffer = new ReadingBuffer();
        Decoder.Decode(Payload, new DecodeContext(Start, false, TimeZoneInfo.Utc), buffer);
        _readings = buffer.Readings.ToArray();
        for (int i = 0; i < Assets; i++)
        {
            // Without a reporting interval: these messages lie in the past, and the engine would judge each asset silent between two of them.
            string name = (LoadPacket.FirstAsset + i).ToString(CultureInfo.InvariantCulture);
            var meter = new Asset(AssetId.Of(Site, name), name, AssetKind.Meter) { RatedPowerWatts = 9000 };
            Directory.TryRegister(meter, out _);
        }
    }

    public ProfileCatalog Profiles { get; }

    public MeasurandCatalog Catalog => Profiles.Measurands;

    public AlarmRuleSet Rules { get; }

    public AssetDirectory Directory { get; } = new();

    public byte[] Topic { get; }

    public byte[] Payload { get; }

    public Instant Start { get; }

    public PayloadDecoder Decoder { get; }

    /// <summary>Readings of one message, stamped for its asset's <paramref name="turn"/>; valid until the next call.</summary>
    public ReadOnlySpan<Reading> Readings(long turn)
    {
        var at = new Instant(Start.UnixMilliseconds + (turn * 1000));
        foreach (ref var reading in _readings.AsSpan())
        {
            reading = reading with { MeasuredAt = at, Sequence = (uint)(turn + 1) };
        }

        return _readings;
    }

    private List<AlarmRule> ReadRules(FileFaults faults)
    {
        var rules = new List<AlarmRule>();
        foreach (string folder in System.IO.Directory.GetDirectories(ProjectRoot.Of("devices", "alarm-rules")).Order(StringComparer.Ordinal))
        {
            string file = Path.Combine(folder, "rule.json");
            if (AlarmRuleReader.Read(Path.GetFileName(folder), file, File.ReadAllBytes(file), Catalog, faults) is { } rule)
            {
                rules.Add(rule);
            }
        }

        return rules;
    }
}
