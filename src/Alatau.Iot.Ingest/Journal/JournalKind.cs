namespace Alatau.Iot.Ingest.Journal;

/// <summary>What a record is. A replay takes every kind in the order of the journal.</summary>
public enum JournalKind : byte
{
    /// <summary>A raw message as it came off the wire.</summary>
    Message = 0,

    /// <summary>What a person asked of an alarm; it has no topic, and its payload has a version of its own.</summary>
    AlarmCommand = 1,
}
