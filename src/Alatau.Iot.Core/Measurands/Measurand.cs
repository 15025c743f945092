namespace Alatau.Iot.Core.Measurands;

/// <summary>What is measured: a name with its unit, kind, valid range and meaning of the sign.</summary>
/// <param name="Id">Index in the catalog.</param>
/// <param name="Name">Canonical camel-case name, a phase or channel as suffix: <c>voltage.l1</c>, <c>activePower.2</c>.</param>
/// <param name="Unit">Symbol of the canonical unit, one of <see cref="UnitTable"/>; <c>1</c> for a number without unit.</param>
/// <param name="Kind">Gauge, counter or state.</param>
/// <param name="Minimum">Smallest valid value in <paramref name="Unit"/>, inclusive.</param>
/// <param name="Maximum">Largest valid value in <paramref name="Unit"/>, inclusive.</param>
/// <param name="Meaning">One sentence for people, with the meaning of the sign where there is one.</param>
public sealed record Measurand(MeasurandId Id, string Name, string Unit, MeasurandKind Kind, double Minimum, double Maximum, string Meaning)
{
    /// <summary>Name without phase or channel suffix.</summary>
    public string BaseName { get; } = Name.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? Name[..dot] : Name;

    /// <summary>True when <paramref name="value"/> is finite and within the valid range, both ends inclusive.</summary>
    public bool Accepts(double value) => value >= Minimum && value <= Maximum;
}
