using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;

namespace Alatau.Iot.Simulator.Dialects;

/// <summary>The platform's own payload: <c>{"ts":…,"seq":…,"v":{…}}</c> on <c>alatau/v1/{site}/{asset}/telemetry</c>.</summary>
internal sealed class NativeDialect(AssetId asset) : Dialect
{
    internal override string Topic { get; } = $"alatau/v1/{asset.Site}/{asset.Name}/telemetry";

    internal override void Write(PayloadWriter payload, ReadingLayout layout, ReadOnlySpan<double> values, Instant measuredAt, long sequence, Span<double> said)
    {
        payload.Append("{\"ts\":"u8);
        payload.Append(measuredAt.UnixMilliseconds);
        payload.Append(",\"seq\":"u8);
        payload.Append(sequence);
        payload.Append(",\"v\":{"u8);
        var isFirst = true;
        for (var i = 0; i < values.Length; i++)
        {
            said[i] = double.NaN;
            if (!double.IsFinite(values[i]))
                continue;
            if (!isFirst)
                payload.Append((byte)',');
            isFirst = false;
            payload.Append(layout.JsonNames[i]);
            said[i] = payload.Append(values[i], layout.Decimals[i]);
        }

        payload.Append("}}"u8);
    }
}
