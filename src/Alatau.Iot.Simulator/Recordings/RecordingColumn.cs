namespace Alatau.Iot.Simulator.Recordings;

/// <summary>How a column of a recording becomes a measurand.</summary>
/// <param name="Column">Its heading.</param>
/// <param name="Measurand">Canonical name.</param>
/// <param name="Scale">Canonical = value * scale + offset.</param>
/// <param name="Offset">See <paramref name="Scale"/>.</param>
/// <param name="IsIntegrated">True: the column is power, and the measurand the energy it sums to by the rectangle rule (each value holds for one step).</param>
internal sealed record RecordingColumn(string Column, string Measurand, double Scale, double Offset, bool IsIntegrated);
