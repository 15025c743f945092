using System.Text;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>Which measurands a device reports, in which order and with how many digits. Immutable, shared by all devices of a kind.</summary>
internal sealed class ReadingLayout
{
    private readonly Dictionary<string, int> index = new(StringComparer.Ordinal);

    internal ReadingLayout(params (string Measurand, int Decimals)[] columns)
    {
        Names = [.. columns.Select(column => column.Measurand)];
        Decimals = [.. columns.Select(column => column.Decimals)];
        JsonNames = [.. columns.Select(column => Encoding.UTF8.GetBytes($"\"{column.Measurand}\":"))];
        for (var i = 0; i < Names.Length; i++)
            index.Add(Names[i], i);
    }

    /// <summary>Canonical names.</summary>
    internal string[] Names { get; }

    /// <summary>Digits after the point that the device shows, 0 to 6.</summary>
    internal int[] Decimals { get; }

    /// <summary>Each name in quotes with its colon, UTF-8.</summary>
    internal byte[][] JsonNames { get; }

    internal int Count => Names.Length;

    /// <summary>The place of a measurand, or -1.</summary>
    internal int Find(string measurand) => index.GetValueOrDefault(measurand, -1);
}
