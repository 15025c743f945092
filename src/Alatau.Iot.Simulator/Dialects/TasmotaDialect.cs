using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;

namespace Alatau.Iot.Simulator.Dialects;

/// <summary>A Tasmota plug with an energy meter: <c>tele/{device}/SENSOR</c>, power in W, energy in kWh, local time without an offset.</summary>
/// <remarks>Source: Tasmota documentation, energy monitoring. Times have whole seconds, registers whole watt-hours.</remarks>
internal sealed class TasmotaDialect(string device, TimeZoneInfo zone) : Dialect
{
    internal const string Profile = "tasmota-energy";

    internal override string Topic { get; } = $"tele/{device}/SENSOR";

    internal override void Write(PayloadWriter payload, ReadingLayout layout, ReadOnlySpan<double> values, Instant measuredAt, long sequence, Span<double> said)
    {
        said.Fill(double.NaN);
        var local = TimeZoneInfo.ConvertTime(measuredAt.ToDateTimeOffset(), zone).DateTime;
        Span<byte> time = stackalloc byte[24];
        Encoding.ASCII.TryGetBytes(local.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture), time, out var length);
        payload.Append("{\"Time\":\""u8);
        payload.Append(time[..length]);
        payload.Append("\",\"ENERGY\":{\"TotalStartTime\":\"2024-03-01T00:00:00\""u8);
        Say(payload, ",\"Total\":"u8, layout.Find("energyImport"), values, 1000, 3, said);
        Say(payload, ",\"Power\":"u8, layout.Find("activePower"), values, 1, 0, said);
        Say(payload, ",\"ApparentPower\":"u8, layout.Find("apparentPower"), values, 1, 0, said);
        Say(payload, ",\"ReactivePower\":"u8, layout.Find("reactivePower"), values, 1, 0, said);
        Say(payload, ",\"Factor\":"u8, layout.Find("powerFactor"), values, 1, 2, said);
        Say(payload, ",\"Voltage\":"u8, layout.Find("voltage"), values, 1, 0, said);
        Say(payload, ",\"Current\":"u8, layout.Find("current"), values, 1, 3, said);
        payload.Append("}}"u8);
    }

    private static void Say(PayloadWriter payload, ReadOnlySpan<byte> name, int at, ReadOnlySpan<double> values, double divisor, int decimals, Span<double> said)
    {
        if (at < 0 || !double.IsFinite(values[at]))
            return;
        payload.Append(name);
        said[at] = payload.Append(values[at] / divisor, decimals) * divisor;
    }
}
