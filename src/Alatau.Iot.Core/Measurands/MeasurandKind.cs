namespace Alatau.Iot.Core.Measurands;

/// <summary>How the values of a measurand behave over time.</summary>
public enum MeasurandKind : byte
{
    /// <summary>A momentary value: it may rise and fall, and its mean has a meaning (power, voltage, temperature).</summary>
    Gauge,

    /// <summary>A register that only rises, but for roll-over, reset and exchange; its difference has a meaning (energy, volume).</summary>
    Counter,

    /// <summary>A condition that holds until it changes (online, occupancy, switch); neither mean nor difference has a meaning.</summary>
    State,
}
