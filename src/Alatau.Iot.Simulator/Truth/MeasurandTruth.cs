namespace Alatau.Iot.Simulator.Truth;

/// <summary>What was really published of one measurand of one asset, in canonical units, as written on the wire.</summary>
internal struct MeasurandTruth
{
    private bool isStarted;

    internal long Count { get; private set; }

    internal double Minimum { get; private set; }

    internal double Maximum { get; private set; }

    internal double Sum { get; private set; }

    internal double First { get; private set; }

    internal double Last { get; private set; }

    internal void Add(double value)
    {
        if (!isStarted)
            (isStarted, First, Minimum, Maximum) = (true, value, value, value);
        Count++;
        Sum += value;
        Last = value;
        Minimum = Math.Min(Minimum, value);
        Maximum = Math.Max(Maximum, value);
    }
}
