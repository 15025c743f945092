namespace Alatau.Iot.Core.Processing;

/// <summary>What became of the bytes of one state; a closed set.</summary>
public enum StateVerdict : byte
{
    /// <summary>The state is as it was written, apart from what the tally counts as gone.</summary>
    Restored,

    /// <summary>Whole, but its asset is neither in the fleet nor registered by itself: left out, counted.</summary>
    AssetGone,

    /// <summary>Bytes are missing at the end.</summary>
    Truncated,

    /// <summary>The checksum is wrong, or the bytes are no state.</summary>
    Damaged,
}
