namespace Alatau.Iot.Ingest.Journal;

/// <summary>What the protocol said about a message beside its bytes.</summary>
[Flags]
public enum JournalFlags : byte
{
    None = 0,

    /// <summary>A broker sent it because it was retained, not because a device has just published it.</summary>
    Retained = 1,

    /// <summary>The sender marked it as sent before (MQTT DUP).</summary>
    Duplicate = 2,
}
