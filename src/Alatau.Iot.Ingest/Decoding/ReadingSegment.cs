namespace Alatau.Iot.Ingest.Decoding;

/// <summary>Consecutive readings of one device in a <see cref="ReadingBuffer"/>.</summary>
/// <param name="DeviceKey">Whose they are, as in <see cref="ProfileMatch.DeviceKey"/>; null for the device the topic names.</param>
/// <param name="Start">Index of the first.</param>
/// <param name="Count">At least one.</param>
public readonly record struct ReadingSegment(string? DeviceKey, int Start, int Count);
