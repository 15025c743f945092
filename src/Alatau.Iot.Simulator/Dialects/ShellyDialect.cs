using System.Text;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;

namespace Alatau.Iot.Simulator.Dialects;

/// <summary>A Shelly Pro 3EM as it notifies on MQTT: <c>{device}/events/rpc</c> with method NotifyStatus, W, VA, V, A and Wh.</summary>
/// <remarks>Source: Shelly API documentation, EM and EMData components. Power positive is import. Reactive power is not reported by the device.</remarks>
internal sealed class ShellyDialect(string device) : Dialect
{
    internal const string Profile = "shelly-pro-3em";

    private readonly byte[] head = Encoding.UTF8.GetBytes($"{{\"src\":\"{device}\",\"dst\":\"{device}/events\",\"method\":\"NotifyStatus\",\"params\":{{\"ts\":");

    internal override string Topic { get; } = $"{device}/events/rpc";

    internal override void Write(PayloadWriter payload, ReadingLayout layout, ReadOnlySpan<double> values, Instant measuredAt, long sequence, Span<double> said)
    {
        said.Fill(double.NaN);
        payload.Append(head);
        payload.Append(measuredAt.UnixMilliseconds / 1000.0, 3);
        payload.Append(",\"em:0\":{\"id\":0"u8);
        for (var phase = 1; phase <= 3; phase++)
        {
            Say(payload, Phase("act_power", phase), layout, Suffixed("activePower", phase), values, 1, said);
            Say(payload, Phase("voltage", phase), layout, Suffixed("voltage", phase), values, 1, said);
            Say(payload, Phase("current", phase), layout, Suffixed("current", phase), values, 3, said);
            var hertz = layout.Find("frequency");
            if (hertz >= 0)
            {
                payload.Append(Phase("freq", phase));
                // Said once a phase; the meter's one frequency has no place of its own in this dialect.
                payload.Append(values[hertz], 1);
            }
        }

        Say(payload, ",\"total_act_power\":"u8, layout, "activePower", values, 3, said);
        Say(payload, ",\"total_aprt_power\":"u8, layout, "apparentPower", values, 3, said);
        payload.Append(",\"user_calibrated_phase\":[]},\"emdata:0\":{\"id\":0"u8);
        Say(payload, ",\"total_act\":"u8, layout, "energyImport", values, 2, said);
        Say(payload, ",\"total_act_ret\":"u8, layout, "energyExport", values, 2, said);
        payload.Append("}}}"u8);
    }

    private static void Say(PayloadWriter payload, ReadOnlySpan<byte> name, ReadingLayout layout, string measurand, ReadOnlySpan<double> values, int decimals, Span<double> said)
    {
        var at = layout.Find(measurand);
        if (at < 0 || !double.IsFinite(values[at]))
            return;
        payload.Append(name);
        said[at] = payload.Append(values[at], decimals);
    }

    private static ReadOnlySpan<byte> Phase(string name, int phase) => (name, phase) switch
    {
        ("act_power", 1) => ",\"a_act_power\":"u8,
        ("act_power", 2) => ",\"b_act_power\":"u8,
        ("act_power", _) => ",\"c_act_power\":"u8,
        ("voltage", 1) => ",\"a_voltage\":"u8,
        ("voltage", 2) => ",\"b_voltage\":"u8,
        ("voltage", _) => ",\"c_voltage\":"u8,
        ("current", 1) => ",\"a_current\":"u8,
        ("current", 2) => ",\"b_current\":"u8,
        ("current", _) => ",\"c_current\":"u8,
        (_, 1) => ",\"a_freq\":"u8,
        (_, 2) => ",\"b_freq\":"u8,
        _ => ",\"c_freq\":"u8,
    };

    private static string Suffixed(string name, int phase) => (name, phase) switch
    {
        ("activePower", 1) => "activePower.l1",
        ("activePower", 2) => "activePower.l2",
        ("activePower", _) => "activePower.l3",
        ("voltage", 1) => "voltage.l1",
        ("voltage", 2) => "voltage.l2",
        ("voltage", _) => "voltage.l3",
        (_, 1) => "current.l1",
        (_, 2) => "current.l2",
        _ => "current.l3",
    };
}
