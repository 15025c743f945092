namespace Alatau.Iot.Core.Readings;

/// <summary>What became of a message as a whole: the words of the ledger.</summary>
public enum MessageOutcome : byte
{
    /// <summary>At least one of its readings goes to the store.</summary>
    Stored,

    /// <summary>All of its readings had been taken before.</summary>
    Duplicate,

    /// <summary>None of its readings could be taken, and at least one for another reason than being a duplicate.</summary>
    Quarantined,
}
