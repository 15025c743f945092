namespace Alatau.Iot.Engine.Checkpoints;

/// <summary>What became of a checkpoint file at the start; a closed set. Any but the first leaves the engine as it was: take the checkpoint before.</summary>
public enum RestoreVerdict : byte
{
    /// <summary>The engine stands where the checkpoint was taken.</summary>
    Restored,

    /// <summary>There is no such file, or it can't be read.</summary>
    Missing,

    /// <summary>It ends before its trailer: it was never complete.</summary>
    Torn,

    /// <summary>A checksum or a count is wrong.</summary>
    Damaged,

    /// <summary>Written by another version of the format.</summary>
    OtherVersion,
}
