using System.Buffers;

namespace Alatau.Iot.Engine.Checkpoints;

/// <summary>States of one shard on their way to the file; used again and again during one checkpoint.</summary>
internal sealed class CheckpointBlock
{
    /// <summary>Length at which it is handed to the file.</summary>
    public const int FullBytes = 256 << 10;

    private const int RoomForLast = 32 << 10;

    public ArrayBufferWriter<byte> Buffer { get; } = new(FullBytes + RoomForLast);

    /// <summary>States in it.</summary>
    public int Items { get; set; }

    public void Clear()
    {
        Buffer.ResetWrittenCount();
        Items = 0;
    }
}
