namespace Alatau.Iot.Ingest.Journal;

/// <summary>The journal at one moment, for the console, readiness and metrics.</summary>
public sealed record JournalState
{
    /// <summary>Null when well, else what is wrong and the cure; while it is set nothing is taken.</summary>
    public string? Problem { get; init; }

    /// <summary>What will become a problem: 80 % of the limit. Null when nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>Position of the oldest record there may be; 0 when the journal never held one.</summary>
    public long FirstPosition { get; init; }

    public long CommittedPosition { get; init; }

    /// <summary>Records taken and not yet committed.</summary>
    public long WaitingRecords { get; init; }

    /// <summary>Bytes of all files.</summary>
    public long Bytes { get; init; }

    public int Segments { get; init; }

    /// <summary>Times a start found a record that was cut short by a crash; it was never acknowledged.</summary>
    public long TornTails { get; init; }

    public long TornBytes { get; init; }

    /// <summary>Places no record could be read from, though records were behind them.</summary>
    public long DamagedRegions { get; init; }

    public long DamagedBytes { get; init; }

    /// <summary>Records that were in damaged places, by the positions that are missing.</summary>
    public long LostRecords { get; init; }

    /// <summary>Commits since the start, with <see cref="Records"/> and <see cref="RecordBytes"/> in them.</summary>
    public long Commits { get; init; }

    public long Records { get; init; }

    public long RecordBytes { get; init; }

    /// <summary>Appends answered with false since the start.</summary>
    public long Refused { get; init; }

    /// <summary>Attempts to write that the disk failed since the start.</summary>
    public long Failures { get; init; }

    /// <summary>Median time of a commit over the last minutes, from its write to the disk's word.</summary>
    public TimeSpan CommitMedian { get; init; }

    /// <summary>Time that 99 of 100 commits of the last minutes stayed within.</summary>
    public TimeSpan CommitP99 { get; init; }

    /// <summary>How far each consumer has come.</summary>
    public IReadOnlyDictionary<string, long> Consumers { get; init; } = new Dictionary<string, long>();
}
