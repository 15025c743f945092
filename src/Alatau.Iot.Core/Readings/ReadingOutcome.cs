namespace Alatau.Iot.Core.Readings;

/// <summary>What became of one reading; a closed set, each counted.</summary>
public enum ReadingOutcome : byte
{
    /// <summary>Newer than all before it: stored, aggregated, judged.</summary>
    Accepted,

    /// <summary>Older than the latest but its windows are open: stored and aggregated, raises no live alarm.</summary>
    OutOfOrder,

    /// <summary>Its one-minute window has been left behind: stored, aggregated into the longer windows still open; the windows left behind are made again with a higher revision.</summary>
    Late,

    /// <summary>Same asset, measurand and instant as one already taken: dropped.</summary>
    Duplicate,

    /// <summary>Stamped further ahead of us than the clock guard allows: the message goes to quarantine.</summary>
    ClockAhead,

    /// <summary>Stamped before 2000 or further back than the retention of raw readings: the message goes to quarantine.</summary>
    ClockBehind,

    /// <summary>Finite but outside the measurand's valid range: stored with bad quality, not aggregated.</summary>
    OutOfRange,

    /// <summary>Marked bad by the device or the decoder (NaN, null, error text): stored as a gap, not aggregated.</summary>
    Bad,

    /// <summary>The asset already has as many different measurands as it may have: dropped, named in the log once.</summary>
    TooManyMeasurands,

    /// <summary>Late, and older than the newest of its measurand by more than the limit (<see cref="Processing.ProcessorOptions.LatenessLimit"/>): stored, but the windows left behind stay as they are.</summary>
    TooLate,
}
