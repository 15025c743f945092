namespace Alatau.Iot.Simulator.Physics.Photovoltaics;

/// <summary>System losses of a plant, each in percent.</summary>
/// <remarks>Source: Dobos, PVWatts Version 5 Manual, NREL/TP-6A20-62641, table 6; the defaults multiply to 14.08 %.</remarks>
internal sealed record PvLosses
{
    public double Soiling { get; init; } = 2;

    public double Shading { get; init; } = 3;

    public double Snow { get; init; }

    public double Mismatch { get; init; } = 2;

    public double Wiring { get; init; } = 2;

    public double Connections { get; init; } = 0.5;

    public double LightInducedDegradation { get; init; } = 1.5;

    public double Nameplate { get; init; } = 1;

    public double Age { get; init; }

    public double Availability { get; init; } = 3;

    /// <summary>All losses together, percent.</summary>
    internal double TotalPercent
    {
        get
        {
            var kept = 1.0;
            foreach (var loss in (ReadOnlySpan<double>)[Soiling, Shading, Snow, Mismatch, Wiring, Connections, LightInducedDegradation, Nameplate, Age, Availability])
                kept *= 1 - (loss / 100.0);
            return 100.0 * (1 - kept);
        }
    }
}
