namespace Alatau.Iot.Engine.Checkpoints;

/// <summary>A checkpoint file that is complete and synced; it counts once its outputs are durable and it has its final name.</summary>
/// <param name="Position">Journal position it stands for: all messages up to here are in it, none behind.</param>
/// <param name="Assets">States in it.</param>
/// <param name="Bytes">Length of the file.</param>
/// <param name="Totals">Messages of the whole life of the platform by route, as of <paramref name="Position"/>.</param>
/// <param name="LongestPause">Longest time any shard wrote states between two runs of messages.</param>
public sealed record CheckpointResult(long Position, int Assets, long Bytes, IReadOnlyList<RouteTotals> Totals, TimeSpan LongestPause);
