using System.Text;

namespace Alatau.Iot.Simulator.Load;

/// <summary>One PUBLISH in the native format with six measurands, as bytes whose digits are overwritten in place for every message.</summary>
/// <remarks>All numbers keep their width, so the packet's length never changes: asset 7 digits, time 13, sequence 7, power and register 7 before the point.</remarks>
internal sealed class LoadPacket
{
    /// <summary>First asset number: seven digits without a leading zero, as all numbers here.</summary>
    public const int FirstAsset = 1_000_000;

    private const int FirstRegister = 1_000_000;

    private readonly byte[] _template;
    private readonly int _idAt;
    private readonly int _assetAt;
    private readonly int _timeAt;
    private readonly int _sequenceAt;
    private readonly int _powerAt;
    private readonly int _voltageAt;
    private readonly int _registerAt;

    public LoadPacket(string site, int qos)
    {
        const string payload = """{"ts":1795323600000,"seq":1000000,"v":{"activePower":1000.5,"voltage.l1":230.1,"voltage.l2":229.8,"voltage.l3":231.2,"current.l1":12.25,"energyImport":1000000.0}}""";
        byte[] topic = Encoding.ASCII.GetBytes($"alatau/v1/{site}/{FirstAsset}/telemetry");
        int remaining = 2 + topic.Length + (qos > 0 ? 2 : 0) + payload.Length;
        var bytes = new List<byte> { (byte)(0x30 | (qos << 1)) };
        for (int rest = remaining; ;)
        {
            int digit = rest & 0x7F;
            rest >>= 7;
            bytes.Add((byte)(rest > 0 ? digit | 0x80 : digit));
            if (rest == 0)
            {
                break;
            }
        }

        bytes.Add((byte)(topic.Length >> 8));
        bytes.Add((byte)topic.Length);
        _assetAt = bytes.Count + "alatau/v1/".Length + site.Length + 1;
        bytes.AddRange(topic);
        _idAt = qos > 0 ? bytes.Count : -1;
        if (qos > 0)
        {
            bytes.AddRange([0, 0]);
        }

        int body = bytes.Count;
        bytes.AddRange(Encoding.ASCII.GetBytes(payload));
        _template = [.. bytes];
        _timeAt = body + payload.IndexOf("1795323600000", StringComparison.Ordinal);
        _sequenceAt = body + payload.IndexOf("1000000", StringComparison.Ordinal);
        _powerAt = body + payload.IndexOf("1000.5", StringComparison.Ordinal);
        _voltageAt = body + payload.IndexOf("230.1", StringComparison.Ordinal);
        _registerAt = body + payload.IndexOf("1000000.0", StringComparison.Ordinal);
    }

    public int Length => _template.Length;

    /// <summary>The register of an asset's <paramref name="turn"/>-th message, in Wh.</summary>
    public static double Register(long turn) => FirstRegister + (turn % 8_000_000);

    /// <summary>Writes one packet. <paramref name="powerTenths"/> is 10,000 to 99,999 tenths of a watt; its voltage is derived from it, 225.0 to 235.9 V.</summary>
    public void Write(Span<byte> to, int asset, long unixMilliseconds, long turn, int powerTenths, ushort packetId)
    {
        _template.CopyTo(to);
        if (_idAt >= 0)
        {
            to[_idAt] = (byte)(packetId >> 8);
            to[_idAt + 1] = (byte)packetId;
        }

        Digits(to.Slice(_assetAt, 7), FirstAsset + asset);
        Digits(to.Slice(_timeAt, 13), unixMilliseconds);
        Digits(to.Slice(_sequenceAt, 7), FirstAsset + (turn % 8_000_000));
        Digits(to.Slice(_powerAt, 4), powerTenths / 10);
        to[_powerAt + 5] = (byte)('0' + (powerTenths % 10));
        int voltageTenths = 2250 + (powerTenths % 110);
        Digits(to.Slice(_voltageAt, 3), voltageTenths / 10);
        to[_voltageAt + 4] = (byte)('0' + (voltageTenths % 10));
        Digits(to.Slice(_registerAt, 7), FirstRegister + (turn % 8_000_000));
    }

    private static void Digits(Span<byte> to, long value)
    {
        for (int i = to.Length - 1; i >= 0; i--)
        {
            (value, long digit) = Math.DivRem(value, 10);
            to[i] = (byte)('0' + digit);
        }
    }
}
