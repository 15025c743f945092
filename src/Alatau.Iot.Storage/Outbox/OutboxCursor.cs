using System.Buffers.Binary;
using Alatau.Iot.Core.Checksums;

namespace Alatau.Iot.Storage.Outbox;

/// <summary>The number of the first record the store hasn't acknowledged, in a file that is replaced in one step.</summary>
/// <remarks>Losing the last step only has rows written to the store again, which changes nothing there.</remarks>
internal sealed class OutboxCursor(string folder)
{
    private readonly string _path = Path.Combine(folder, "cursor");

    /// <summary>The number; 0 when there is no whole file.</summary>
    internal long Read()
    {
        byte[] bytes = File.Exists(_path) ? File.ReadAllBytes(_path) : [];
        return bytes.Length == 12 && Crc32C.Of(bytes.AsSpan(0, 8)) == BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;
    }

    /// <exception cref="IOException">The disk is full or failing; the file is as before.</exception>
    internal void Write(long number)
    {
        byte[] bytes = new byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Crc32C.Of(bytes.AsSpan(0, 8)));
        string next = _path + ".tmp";
        File.WriteAllBytes(next, bytes);
        File.Move(next, _path, overwrite: true);
    }
}
