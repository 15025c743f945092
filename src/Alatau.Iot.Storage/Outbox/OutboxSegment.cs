using System.Globalization;
using Alatau.Iot.Core.Checksums;
using Microsoft.Win32.SafeHandles;

namespace Alatau.Iot.Storage.Outbox;

/// <summary>One file of the outbox. Changed under the outbox's gate.</summary>
internal sealed class OutboxSegment(string path) : IDisposable
{
    private const string Prefix = "outbox-";
    private const string Extension = ".seg";
    private const string DamagedExtension = ".damaged";

    // "AOBX" and the version of the format.
    private static readonly byte[] s_head = [(byte)'A', (byte)'O', (byte)'B', (byte)'X', 0, 0, 0, 1];

    private SafeFileHandle? _handle;

    internal static int HeadLength => s_head.Length;

    internal string Path => path;

    /// <summary>Bytes that hold records, the head among them.</summary>
    internal long Length { get; set; }

    /// <summary>Whether anything was written since the last sync.</summary>
    internal bool IsDirty { get; set; }

    /// <summary>Whether a place in it can't be read: it is then put aside instead of deleted.</summary>
    internal bool IsDamaged { get; set; }

    internal SafeFileHandle Handle => _handle ??= File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Segments of a folder, oldest first.</summary>
    internal static IEnumerable<OutboxSegment> InFolder(string folder) =>
        Directory.GetFiles(folder, Prefix + "*" + Extension).Order(StringComparer.Ordinal).Select(path => new OutboxSegment(path));

    /// <summary>Makes the file whose first record has that number.</summary>
    /// <exception cref="IOException">The disk is full or failing.</exception>
    internal static OutboxSegment Create(string folder, long number)
    {
        string path = System.IO.Path.Combine(folder, Prefix + number.ToString("D20", CultureInfo.InvariantCulture) + Extension);
        var segment = new OutboxSegment(path) { _handle = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete), Length = s_head.Length, IsDirty = true };
        RandomAccess.Write(segment._handle, s_head, 0);
        return segment;
    }

    /// <summary>Whether the file begins as one of this version.</summary>
    internal bool HasHead()
    {
        Span<byte> head = stackalloc byte[s_head.Length];
        return RandomAccess.Read(Handle, head, 0) == head.Length && head.SequenceEqual(s_head);
    }

    /// <summary>The header at an offset; null where none starts.</summary>
    internal RecordHeader? ReadHeader(long offset)
    {
        Span<byte> bytes = stackalloc byte[RecordHeader.MaximumLength];
        int count = RandomAccess.Read(Handle, bytes, offset);
        return RecordHeader.Read(bytes[..count]);
    }

    /// <summary>Reads a body; false when it isn't the one the header speaks of.</summary>
    internal bool TryReadBody(RecordHeader header, long offset, Span<byte> body) =>
        RandomAccess.Read(Handle, body, offset + header.Length) == body.Length && Crc32C.Of(body) == header.BodyChecksum;

    /// <summary>Where the next header starts behind a place that holds none; <paramref name="end"/> when there is none.</summary>
    internal long FindHeader(long offset, long end)
    {
        const int step = 64 * 1024;
        byte[] bytes = new byte[step + sizeof(uint)];
        Span<byte> mark = stackalloc byte[sizeof(uint)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(mark, RecordHeader.Mark);
        for (long at = offset; at < end; at += step)
        {
            int count = RandomAccess.Read(Handle, bytes, at);
            for (int from = 0; from < count;)
            {
                int found = bytes.AsSpan(from, count - from).IndexOf(mark);
                if (found < 0)
                {
                    break;
                }

                long place = at + from + found;
                if (place < end && ReadHeader(place) is { } header && place + header.TotalLength <= end)
                {
                    return place;
                }

                from += found + 1;
            }
        }

        return end;
    }

    /// <summary>Deletes the file, or puts it aside when a place in it can't be read.</summary>
    internal void Remove()
    {
        Dispose();
        if (IsDamaged)
        {
            File.Move(path, System.IO.Path.ChangeExtension(path, DamagedExtension), overwrite: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    public void Dispose()
    {
        _handle?.Dispose();
        _handle = null;
    }
}
