using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;

namespace Alatau.Iot.Simulator.Dialects;

/// <summary>How one device speaks on MQTT: its topic, and the words of its payload.</summary>
internal abstract class Dialect
{
    /// <summary>Profiles that the simulator can speak, besides the native one.</summary>
    internal static readonly IReadOnlyList<string> Profiles = [ShellyDialect.Profile, TasmotaDialect.Profile];

    /// <summary>Where the device publishes.</summary>
    internal abstract string Topic { get; }

    /// <summary>Writes one payload.</summary>
    /// <param name="payload">Cleared by the caller.</param>
    /// <param name="layout">Of the values.</param>
    /// <param name="values">Canonical units; NaN is left out.</param>
    /// <param name="measuredAt">By the device's clock.</param>
    /// <param name="sequence">Counts the device's messages from 1.</param>
    /// <param name="said">Takes the canonical value of each number as it was written; NaN where nothing was said.</param>
    internal abstract void Write(PayloadWriter payload, ReadingLayout layout, ReadOnlySpan<double> values, Instant measuredAt, long sequence, Span<double> said);

    /// <summary>The dialect of an asset; null when its profile is none that the simulator speaks.</summary>
    internal static Dialect? Of(AssetId asset, DeviceBinding? binding, Site? site) => binding?.Profile switch
    {
        null or "native" => new NativeDialect(asset),
        ShellyDialect.Profile => new ShellyDialect(binding.Device),
        TasmotaDialect.Profile => new TasmotaDialect(binding.Device, site?.TimeZone ?? TimeZoneInfo.Utc),
        _ => null,
    };
}
