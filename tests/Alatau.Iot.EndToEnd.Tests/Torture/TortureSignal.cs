using System.Globalization;
using System.Text;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>What message n of an asset says, and when it was measured; the same for whoever publishes and whoever checks.</summary>
/// <remarks>
/// One message an event-time second. Of every minute the messages 20 and 21 carry each other's instant, so that some readings come out of order within their minute. Every third message also carries a voltage
/// measured 50 s before, so that windows are published, and then revised by what still comes into them.
/// </remarks>
internal sealed class TortureSignal(long startMilliseconds, int asset)
{
    public const long Step = 1000;
    public const long VoltageLag = 50_000;
    public const double EnergyStep = 5;
    private const int Period = 200;
    private const long Hour = 3_600_000;

    /// <summary>Name in topics and store.</summary>
    public string Asset { get; } = string.Create(CultureInfo.InvariantCulture, $"torture-{asset}");

    public byte[] Topic { get; } = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"alatau/v1/green/torture-{asset}/telemetry"));

    /// <summary>Voltage is told by every third message, except of a publisher whose messages have one instant.</summary>
    public bool HasVoltage { get; init; } = true;

    /// <summary>Numbers messages for the platform's memory of duplicates.</summary>
    public bool HasSequence { get; init; } = true;

    public long InstantOf(int n) => startMilliseconds + (IndexOf(n) * Step);

    public double Power(int n)
    {
        long phase = ((IndexOf(n) * 1) + (asset * 37)) % Period;
        return phase < Period / 2 ? phase * 20 : (Period - phase) * 20;
    }

    public double Energy(int n) => 1000 + (IndexOf(n) * EnergyStep);

    public bool TellsVoltage(int n) => HasVoltage && n % 3 == 0;

    public double Voltage(int n) => 226 + (n % 8);

    /// <summary>The last message of an asset ends every window before it.</summary>
    public long ClosingInstant(int count) => (((InstantOf(count) / Hour) + 3) * Hour) + 1;

    /// <summary>JSON of message <paramref name="n"/>; every fiftieth carries a field that the database holds under another type.</summary>
    public byte[] Payload(int n)
    {
        string sequence = HasSequence ? string.Create(CultureInfo.InvariantCulture, $"\"seq\":{n + 1},") : "";
        string conflict = n % 50 == 7 ? ",\"apparentPower\":1" : "";
        string first = string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{InstantOf(n)},{sequence}\"v\":{{\"activePower\":{Power(n)},\"energyImport\":{Energy(n)}{conflict}}}}}");
        string all = TellsVoltage(n) ? string.Create(CultureInfo.InvariantCulture, $"[{first},{{\"ts\":{InstantOf(n) - VoltageLag},{sequence}\"v\":{{\"voltage\":{Voltage(n)}}}}}]") : first;
        return Encoding.UTF8.GetBytes(all);
    }

    public byte[] ClosingPayload(int count) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{ClosingInstant(count)},\"v\":{{\"activePower\":500,\"energyImport\":{Energy(count + 60)},\"voltage\":230}}}}"));

    private static long IndexOf(int n) => (n % 60) switch
    {
        20 => n + 1,
        21 => n - 1,
        _ => n,
    };
}
