namespace Alatau.Iot.Core.Measurands;

/// <summary>The measurands every installation knows, with the ranges beyond which a value is a fault of the device, not of the world.</summary>
internal static class CanonicalMeasurands
{
    private const MeasurandKind Gauge = MeasurandKind.Gauge;
    private const MeasurandKind Counter = MeasurandKind.Counter;
    private const MeasurandKind State = MeasurandKind.State;

    // 1e12: a terawatt, a petawatt-hour; above it a register of a city cannot be, below it nothing real is refused.
    private const double Huge = 1e12;
    private const double HugeRegister = 1e15;

    internal static readonly (string Name, string Unit, MeasurandKind Kind, double Minimum, double Maximum, string Meaning)[] All =
    [
        ("activePower", "W", Gauge, -Huge, Huge, "Active power; import and consumption positive at a grid connection, production positive at a generator."),
        ("reactivePower", "var", Gauge, -Huge, Huge, "Reactive power; inductive positive."),
        ("apparentPower", "VA", Gauge, -Huge, Huge, "Apparent power; a device may give it the sign of the active power."),
        ("voltage", "V", Gauge, 0, 1_000_000, "Voltage against neutral, or line voltage where a profile says so."),
        ("current", "A", Gauge, -100_000, 100_000, "Current."),
        ("frequency", "Hz", Gauge, 0, 500, "Mains frequency."),
        ("powerFactor", "1", Gauge, -1, 1, "Power factor as the device reports it."),
        ("energyImport", "Wh", Counter, 0, HugeRegister, "Register of energy taken from the grid."),
        ("energyExport", "Wh", Counter, 0, HugeRegister, "Register of energy fed into the grid."),
        ("energyProduced", "Wh", Counter, 0, HugeRegister, "Register of energy produced by a generator."),
        ("irradiance", "W/m2", Gauge, -50, 2000, "Irradiance on the plane of the array, or horizontal where a profile says so; slightly negative at night by sensor offset."),
        ("moduleTemperature", "degC", Gauge, -90, 200, "Temperature of a photovoltaic module."),
        ("ambientTemperature", "degC", Gauge, -90, 100, "Temperature of the surrounding air, outdoors or in a room."),
        ("deviceTemperature", "degC", Gauge, -90, 300, "Temperature inside a device."),
        ("windSpeed", "m/s", Gauge, 0, 120, "Wind speed."),
        ("dcPower", "W", Gauge, -Huge, Huge, "Direct-current power; production positive at a generator."),
        ("dcVoltage", "V", Gauge, -10_000, 1_000_000, "Direct-current voltage."),
        ("dcCurrent", "A", Gauge, -100_000, 100_000, "Direct current."),
        ("co2", "ppm", Gauge, 0, 100_000, "Volume fraction of carbon dioxide in air."),
        ("humidity", "%", Gauge, 0, 100, "Relative humidity."),
        ("illuminance", "lx", Gauge, 0, 300_000, "Illuminance."),
        ("occupancy", "1", State, 0, 1_000_000, "Number of people, or 0 and 1 for absence and presence."),
        ("volume", "m3", Counter, 0, 1e12, "Register of a volume: water, gas, heat carrier."),
        ("stateOfCharge", "%", Gauge, 0, 100, "Charge of a storage, of its usable capacity."),
        ("pressure", "hPa", Gauge, 0, 1_000_000, "Pressure."),
        ("pm25", "ug/m3", Gauge, 0, 100_000, "Particles up to 2.5 micrometres in air."),
        ("batteryLevel", "%", Gauge, 0, 100, "Charge of the device's own battery."),
        ("batteryVoltage", "V", Gauge, 0, 1000, "Voltage of the device's own battery."),
        ("signalStrength", "dBm", Gauge, -200, 50, "Received signal strength."),
        ("signalNoise", "dB", Gauge, -100, 100, "Signal-to-noise ratio."),
        ("linkQuality", "1", Gauge, 0, 255, "Link quality as the radio reports it."),
        ("online", "1", State, 0, 1, "1 when the device says that it is connected, 0 after its will or death message."),
        ("clockOffset", "s", Gauge, -1e9, 1e9, "How far the device's clock is ahead of the platform's, as estimated from its stamps; negative when it is behind, or when its data always come late."),
        ("switch", "1", State, 0, 1, "1 when a relay or switch is closed."),
        ("contact", "1", State, 0, 1, "1 when a contact is closed."),
        ("flowRate", "m3/h", Gauge, -1_000_000, 1_000_000, "Volume flow."),
        ("journalFill", "%", Gauge, 0, 1000, "Of the platform: bytes of the journal, of those it may take; 100 at least while it takes nothing."),
        ("outboxFill", "%", Gauge, 0, 1000, "Of the platform: bytes of history that wait on disk for the store, of those that may wait."),
        ("storeAway", "s", Gauge, 0, 1e10, "Of the platform: for how long the store hasn't been written; 0 while it can be."),
        ("bridgesDown", "1", Gauge, 0, 10_000, "Of the platform: bridges without a connection to their broker."),
        ("loading", "%", Gauge, -1000, 1000, "Load in percent of the rating."),
    ];

    /// <summary>Suffixes allowed on each name: three phases, neutral, and up to eight channels.</summary>
    internal static readonly string[] Suffixes = ["", ".l1", ".l2", ".l3", ".n", ".1", ".2", ".3", ".4", ".5", ".6", ".7", ".8"];
}
