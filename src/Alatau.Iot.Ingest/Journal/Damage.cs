namespace Alatau.Iot.Ingest.Journal;

/// <summary>Bytes of a segment that no record could be read from.</summary>
/// <param name="Path">The segment's file.</param>
/// <param name="Offset">Where they begin.</param>
/// <param name="Bytes">How many.</param>
/// <param name="LostFirst">Position of the first record that should have been there.</param>
/// <param name="Lost">How many records should have been there; 0 when that is not known.</param>
internal readonly record struct Damage(string Path, long Offset, long Bytes, long LostFirst, long Lost);
