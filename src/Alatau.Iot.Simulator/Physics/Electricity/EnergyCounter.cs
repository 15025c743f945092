namespace Alatau.Iot.Simulator.Physics.Electricity;

/// <summary>A register that adds up power over time. It never runs backwards.</summary>
internal struct EnergyCounter(double startWattHours)
{
    private double lastWatts = double.NaN;

    /// <summary>The register, Wh.</summary>
    internal double WattHours { get; private set; } = startWattHours;

    /// <summary>Adds a step by the trapezoid rule between the last power and this one. Negative power counts as 0.</summary>
    /// <param name="watts">Power at the step's end.</param>
    /// <param name="step">Time since the last call; ignored on the first.</param>
    internal void AddTrapezoid(double watts, TimeSpan step)
    {
        var now = Math.Max(0, watts);
        if (!double.IsNaN(lastWatts))
            WattHours += (lastWatts + now) / 2.0 * step.TotalHours;
        lastWatts = now;
    }

    /// <summary>Adds a step by the rectangle rule: the power held for the whole step. Negative power counts as 0.</summary>
    internal void AddRectangle(double watts, TimeSpan step) => WattHours += Math.Max(0, watts) * step.TotalHours;

    /// <summary>Sets the register back, as an exchanged or restarted meter does.</summary>
    internal void Reset() => WattHours = 0;
}
