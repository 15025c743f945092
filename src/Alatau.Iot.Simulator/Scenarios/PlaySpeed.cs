using System.Text.Json;
using Alatau.Iot.Core.Files;

namespace Alatau.Iot.Simulator.Scenarios;

/// <summary>Reads how many seconds of a story pass in a second of the clock.</summary>
internal static class PlaySpeed
{
    private const double Minimum = 0.001;
    private const double Maximum = 1e6;

    /// <summary>A number from 0.001 to 1,000,000, or <see cref="Scenario.MaximumSpeed"/> for <c>max</c>; null when it is missing or faulty.</summary>
    internal static double? Read(FileNode node)
    {
        if (node.Child("speed") is not { Element.ValueKind: JsonValueKind.String } speed)
            return node.Number("speed", Minimum, Maximum);
        if (speed.Element.GetString() == "max")
            return Scenario.MaximumSpeed;
        speed.Fault("Must be a number or max", "Write 1 for real time, 60 for a minute a second, or \"max\"");
        return null;
    }
}
