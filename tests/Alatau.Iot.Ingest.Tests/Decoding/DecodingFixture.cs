using System.Text;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Decoding;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Ingest.Tests.Decoding;

/// <summary>The shipped profiles, and short ways to decode with them.</summary>
internal static class DecodingFixture
{
    internal static readonly Instant Arrival = new(1_795_323_600_000);

    internal static readonly TimeZoneInfo Almaty = TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty");

    internal static readonly DecodeContext Context = new(Arrival, Retained: false, Almaty);

    private static readonly Lazy<ProfileCatalog> s_shipped = new(() => Load(ProjectRoot.Of("devices", "profiles")));

    internal static ProfileCatalog Shipped => s_shipped.Value;

    internal static ProfileCatalog Load(string folder)
    {
        var faults = new FileFaults();
        var catalog = ProfileCatalog.Load(folder, faults);
        Assert.True(!faults.Any, string.Join('\n', faults.All));
        return catalog;
    }

    internal static PayloadDecoder DecoderFor(string topic, PayloadDecoders? decoders = null)
    {
        Assert.True(Shipped.TryMatch(Encoding.UTF8.GetBytes(topic), out var match), topic);
        return (decoders ?? new PayloadDecoders(Shipped)).For(match);
    }

    internal static PayloadDecoder Native() => DecoderFor("alatau/v1/gate/meter-1/telemetry");

    /// <summary>Readings as text: <c>activePower=12.5 Good 2026-…</c>.</summary>
    internal static string[] Show(ReadingBuffer buffer, ProfileCatalog? catalog = null)
    {
        var lines = new List<string>();
        foreach (var r in buffer.Readings)
        {
            lines.Add(FormattableString.Invariant($"{(catalog ?? Shipped).Measurands[r.Measurand].Name}={r.Value:R} {r.Quality} {(r.MeasuredAt == Arrival ? "arrival" : r.MeasuredAt)}"));
        }

        return [.. lines];
    }
}
