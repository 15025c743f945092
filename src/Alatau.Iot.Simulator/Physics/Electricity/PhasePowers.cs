namespace Alatau.Iot.Simulator.Physics.Electricity;

/// <summary>Active and reactive power on three phases. Import positive; W and var.</summary>
internal struct PhasePowers
{
    internal double P1, P2, P3, Q1, Q2, Q3;

    internal readonly double Active => P1 + P2 + P3;

    internal readonly double Reactive => Q1 + Q2 + Q3;

    internal readonly double Apparent => Math.Sqrt((Active * Active) + (Reactive * Reactive));

    internal void Add(in PhasePowers other)
    {
        P1 += other.P1;
        P2 += other.P2;
        P3 += other.P3;
        Q1 += other.Q1;
        Q2 += other.Q2;
        Q3 += other.Q3;
    }

    /// <summary>Adds power to one phase, 0 to 2.</summary>
    internal void Add(int phase, double active, double reactive)
    {
        switch (phase)
        {
            case 0:
                P1 += active;
                Q1 += reactive;
                break;
            case 1:
                P2 += active;
                Q2 += reactive;
                break;
            default:
                P3 += active;
                Q3 += reactive;
                break;
        }
    }
}
