using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;

namespace Alatau.Iot.Engine;

/// <summary>What a shard has done since the start. Written by its thread, read by any: each number is whole, together they may be a batch apart.</summary>
public sealed class ShardFigures
{
    /// <summary>Number of reading outcomes.</summary>
    internal static readonly int Outcomes = Enum.GetValues<ReadingOutcome>().Length;

    private readonly long[] _readings = new long[Outcomes];

    /// <summary>Batches processed.</summary>
    public long Batches { get; internal set; }

    /// <summary>Assets that have had a message.</summary>
    public int Assets { get; internal set; }

    /// <summary>Deadlines in the timing wheel.</summary>
    public int Deadlines { get; internal set; }

    /// <summary>Readings by what became of them.</summary>
    public long Readings(ReadingOutcome outcome) => Volatile.Read(ref _readings[(int)outcome]);

    internal void Count(AssetUpdate update)
    {
        for (int outcome = 0; outcome < _readings.Length; outcome++)
        {
            _readings[outcome] += update.CountOf((ReadingOutcome)outcome);
        }
    }
}
