using System.Buffers.Binary;
using Alatau.Iot.Core.Checksums;

namespace Alatau.Iot.Storage.Recording;

/// <summary>A file of numbers that only grows, 12 bytes each with a checksum: what a restart must know beside the quarantine's own files. One thread at a time.</summary>
internal sealed class NumberLog(string path) : IDisposable
{
    private const int EntryLength = 12;

    private FileStream? _file;

    /// <summary>Whether anything was ever put in.</summary>
    internal bool IsEmpty => !File.Exists(path) || new FileInfo(path).Length == 0;

    /// <summary>The whole numbers in the file, in order; entries that are torn or damaged are left out.</summary>
    internal List<long> ReadAll()
    {
        var numbers = new List<long>();
        byte[] bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        for (int at = 0; at + EntryLength <= bytes.Length; at += EntryLength)
        {
            var entry = bytes.AsSpan(at, EntryLength);
            if (Crc32C.Of(entry[..8]) == BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]))
            {
                numbers.Add(BinaryPrimitives.ReadInt64LittleEndian(entry));
            }
        }

        return numbers;
    }

    /// <summary>Appends and returns when the bytes are on disk.</summary>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    internal void Append(IReadOnlyList<long> numbers)
    {
        if (numbers.Count == 0)
        {
            return;
        }

        byte[] bytes = new byte[numbers.Count * EntryLength];
        for (int i = 0; i < numbers.Count; i++)
        {
            var entry = bytes.AsSpan(i * EntryLength, EntryLength);
            BinaryPrimitives.WriteInt64LittleEndian(entry, numbers[i]);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], Crc32C.Of(entry[..8]));
        }

        _file ??= new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read | FileShare.Delete, 0);

        // Half an entry that a kill left is overwritten.
        _file.Position = _file.Length / EntryLength * EntryLength;
        _file.Write(bytes);
        _file.Flush(flushToDisk: true);
    }

    /// <summary>Puts other numbers in the place of all, in one step.</summary>
    /// <exception cref="IOException">The disk is full or gone; the file is as before.</exception>
    internal void Replace(IReadOnlyList<long> numbers)
    {
        Dispose();
        string next = path + ".tmp";
        File.Delete(next);
        using (var log = new NumberLog(next))
        {
            log.Append(numbers);
        }

        if (File.Exists(next))
        {
            File.Move(next, path, overwrite: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }
}
