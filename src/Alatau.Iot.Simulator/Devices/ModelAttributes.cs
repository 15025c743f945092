using System.Globalization;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>Reads what the simulator wants to know of an asset from its attributes in the fleet file; reports what does not fit.</summary>
internal readonly struct ModelAttributes(string file, int index, Asset asset, FileFaults faults)
{
    /// <summary>A number within bounds, or a default when it is absent or faulty.</summary>
    internal double Number(string name, double fallback, double minimum, double maximum)
    {
        if (!asset.Attributes.TryGetValue(name, out var text))
            return fallback;
        if (double.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum)
            return number;
        Fault(name, $"Must be a number from {minimum.ToString(CultureInfo.InvariantCulture)} to {maximum.ToString(CultureInfo.InvariantCulture)}");
        return fallback;
    }

    /// <summary>One of a closed set of words, or a default when it is absent or faulty.</summary>
    internal T Choice<T>(string name, T fallback)
        where T : struct, Enum
    {
        if (!asset.Attributes.TryGetValue(name, out var text))
            return fallback;
        if (Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0]))
            return value;
        Fault(name, $"'{text}' is not known here: use one of {string.Join(", ", Enum.GetNames<T>())}");
        return fallback;
    }

    private void Fault(string name, string problem) =>
        faults.Add(file, string.Create(CultureInfo.InvariantCulture, $"$.assets[{index}].attributes.{name}"), problem, "Correct the attribute");
}
