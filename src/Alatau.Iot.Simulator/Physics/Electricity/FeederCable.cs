namespace Alatau.Iot.Simulator.Physics.Electricity;

/// <summary>A radial low-voltage cable with customers along it, nearest first.</summary>
/// <remarks>
/// Flows are summed from the far end, each piece adding its own loss (P² + Q²) R / U², and the voltage falls from the near end by the flows.
/// The feeder's meter sees exactly its members plus these losses. 0.32 + j0.08 ohm a kilometre is a four-core aluminium cable of 95 mm².
/// </remarks>
internal static class FeederCable
{
    internal const double OhmsPerKilometre = 0.32;
    internal const double ReactanceOhmsPerKilometre = 0.08;

    /// <summary>Sums the members and finds every member's voltage.</summary>
    /// <param name="head">Voltage at the near end.</param>
    /// <param name="members">Power of each member, nearest first.</param>
    /// <param name="metres">Length of the piece of cable before each member.</param>
    /// <param name="flows">Room for the flow into each piece; as long as the members.</param>
    /// <param name="voltages">Takes the voltage at each member.</param>
    /// <param name="lossWatts">What the cable itself takes.</param>
    /// <returns>The power at the near end.</returns>
    internal static PhasePowers Solve(PhaseVoltages head, ReadOnlySpan<PhasePowers> members, ReadOnlySpan<double> metres,
        Span<PhasePowers> flows, Span<PhaseVoltages> voltages, out double lossWatts)
    {
        var sum = default(PhasePowers);
        lossWatts = 0;
        for (var i = members.Length - 1; i >= 0; i--)
        {
            sum.Add(members[i]);
            flows[i] = sum;
            var ohms = metres[i] / 1000.0 * OhmsPerKilometre;
            var loss = default(PhasePowers);
            loss.Add(0, Loss(sum.P1, sum.Q1, ohms), 0);
            loss.Add(1, Loss(sum.P2, sum.Q2, ohms), 0);
            loss.Add(2, Loss(sum.P3, sum.Q3, ohms), 0);
            lossWatts += loss.Active;
            sum.Add(loss);
        }

        for (var i = 0; i < members.Length; i++)
        {
            head = head.Behind(flows[i], metres[i] / 1000.0 * OhmsPerKilometre, metres[i] / 1000.0 * ReactanceOhmsPerKilometre);
            voltages[i] = head;
        }

        return sum;
    }

    private static double Loss(double active, double reactive, double ohms) =>
        ((active * active) + (reactive * reactive)) * ohms / (PhaseVoltages.Nominal * PhaseVoltages.Nominal);
}
