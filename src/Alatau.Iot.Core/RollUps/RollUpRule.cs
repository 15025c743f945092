using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.RollUps;

/// <summary>What a branch makes of a measurand: powers, flows and counters have a sum; voltages, temperatures and the like a mean and a band; states neither.</summary>
public static class RollUpRule
{
    /// <summary>Whether branches say anything about it. Phases and channels are told by their asset alone.</summary>
    public static bool IsRolledUp(Measurand measurand) => measurand.Kind != MeasurandKind.State && (measurand.BaseName.Length == measurand.Name.Length || measurand.BaseName == "voltage");

    /// <summary>Whether its values may be added.</summary>
    public static bool HasSum(Measurand measurand) => measurand.Kind == MeasurandKind.Counter || measurand.Unit is "W" or "var" or "VA" or "m3/h";
}
