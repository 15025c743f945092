namespace Alatau.Iot.Ingest.Journal;

/// <summary>What a record is. A replay takes every kind in the order of the journal.</summary>
public enum JournalKind : byte
{
    /// <summary>A raw message as it came off the wire.</summary>
    Message = 0,

    /// <summary>What a person asked of an alarm; it has no topic, and its payload has a version of its own.</summary>
    AlarmCommand = 1,

    /// <summary>At its arrival the platform listened, and time alone brought something about; nothing else is in it.</summary>
    Time = 2,

    /// <summary>From its arrival on the platform listens; before it nobody could be heard. Nothing else is in it.</summary>
    Start = 3,

    /// <summary>A message out of the quarantine that was sent through again; its client begins with its number there (8 bytes, little endian) and whether the account holds it as quarantined (1 byte).</summary>
    QuarantineReplay = 4,

    /// <summary>A step of an outage, as it was judged; it has no topic, and its payload has a version of its own.</summary>
    Outage = 5,
}
