namespace Alatau.Iot.Simulator.Devices;

/// <summary>What each kind of simulated device reports, with the resolution of common products.</summary>
internal static class Layouts
{
    internal static readonly ReadingLayout SinglePhaseMeter = new(
        ("activePower", 1), ("reactivePower", 1), ("apparentPower", 1), ("powerFactor", 3), ("frequency", 3),
        ("voltage", 2), ("current", 3), ("energyImport", 1), ("energyExport", 1));

    internal static readonly ReadingLayout ThreePhaseMeter = new(
        ("activePower", 1), ("reactivePower", 1), ("apparentPower", 1), ("powerFactor", 3), ("frequency", 3),
        ("voltage.l1", 2), ("voltage.l2", 2), ("voltage.l3", 2), ("current.l1", 3), ("current.l2", 3), ("current.l3", 3),
        ("activePower.l1", 1), ("activePower.l2", 1), ("activePower.l3", 1), ("energyImport", 1), ("energyExport", 1));

    internal static readonly ReadingLayout Transformer = new(
        ("activePower", 1), ("reactivePower", 1), ("apparentPower", 1), ("powerFactor", 3), ("frequency", 3),
        ("voltage.l1", 2), ("voltage.l2", 2), ("voltage.l3", 2), ("current.l1", 3), ("current.l2", 3), ("current.l3", 3),
        ("activePower.l1", 1), ("activePower.l2", 1), ("activePower.l3", 1), ("energyImport", 1), ("energyExport", 1),
        ("loading", 2), ("deviceTemperature", 2));

    internal static readonly ReadingLayout Solar = new(
        ("activePower", 1), ("energyProduced", 1), ("dcPower", 1), ("dcVoltage", 1), ("dcCurrent", 3), ("voltage", 2), ("frequency", 3),
        ("irradiance", 2), ("moduleTemperature", 2), ("ambientTemperature", 2), ("windSpeed", 2), ("deviceTemperature", 2));

    internal static readonly ReadingLayout Storage = new(
        ("activePower", 1), ("stateOfCharge", 2), ("voltage", 2), ("frequency", 3), ("deviceTemperature", 2));

    internal static readonly ReadingLayout Building = new(
        ("co2", 0), ("ambientTemperature", 2), ("humidity", 1), ("illuminance", 0), ("occupancy", 0));

    internal static readonly ReadingLayout Weather = new(
        ("ambientTemperature", 2), ("humidity", 1), ("windSpeed", 2), ("pressure", 1), ("irradiance", 2), ("illuminance", 0));

    internal static readonly ReadingLayout Water = new(("volume", 3), ("flowRate", 3), ("pressure", 0));
}
