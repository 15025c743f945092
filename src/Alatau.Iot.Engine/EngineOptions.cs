using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Engine;

/// <summary>Size of the asset runtime on this machine.</summary>
public sealed class EngineOptions
{
    public const string SectionName = "Engine";

    /// <summary>Default of <see cref="InboxBytes"/>: 512 KiB, about 3,000 batches of six readings: some milliseconds of a full road, what a shard may lag behind without anybody waiting.</summary>
    public const int DefaultInboxBytes = 512 << 10;

    /// <summary>Shards, each with a thread, an inbox and a timing wheel; default 0: one for each processor. 0 to 256.</summary>
    [Range(0, 256)]
    public int Shards { get; set; }

    /// <summary>Bytes of each shard's inbox, rounded up to a power of two; default 512 KiB, 64 KiB to 1 GiB. A batch takes 32 bytes and 24 for each reading. When it is full, posting is refused: nothing is dropped.</summary>
    [Range(64 << 10, 1 << 30)]
    public int InboxBytes { get; set; } = DefaultInboxBytes;
}
