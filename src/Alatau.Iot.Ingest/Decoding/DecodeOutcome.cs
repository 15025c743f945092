namespace Alatau.Iot.Ingest.Decoding;

/// <summary>What a decoder made of a payload; a closed set.</summary>
public enum DecodeOutcome : byte
{
    /// <summary>At least one reading is in the buffer.</summary>
    Decoded,

    /// <summary>Well-formed, and the profile says that it carries nothing for the platform. Nothing is lost by dropping it.</summary>
    Ignored,

    /// <summary>Not usable: it belongs into quarantine, with reason and detail.</summary>
    Quarantined,
}
