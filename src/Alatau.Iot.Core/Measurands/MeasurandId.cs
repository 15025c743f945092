namespace Alatau.Iot.Core.Measurands;

/// <summary>Index of a measurand in the <see cref="MeasurandCatalog"/> of this process; never written to disk or wire, where its name stands.</summary>
/// <param name="Value">0 up to the catalog's count, exclusive.</param>
public readonly record struct MeasurandId(ushort Value);
