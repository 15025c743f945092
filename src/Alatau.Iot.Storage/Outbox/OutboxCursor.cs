using System.Buffers.Binary;
using Alatau.Iot.Core.Checksums;

namespace Alatau.Iot.Storage.Outbox;

/// <summary>Where the outbox stands, in a file that is replaced in one step.</summary>
/// <remarks>Losing the last step, or the file, only has rows written to the store again, which changes nothing there; a loss that was found is on disk when <see cref="Write"/> returns.</remarks>
internal sealed class OutboxCursor(string folder)
{
    /// <summary>Length of the file of before losses were counted: a number and its checksum.</summary>
    private const int NumberOnly = 12;

    private readonly string _path = Path.Combine(folder, "cursor");
    private readonly RecordBuffer _buffer = new();

    /// <summary>What the file says; <see cref="OutboxPlace.Unknown"/> when there is no whole one.</summary>
    internal OutboxPlace Read(out bool isDamaged)
    {
        byte[] bytes = File.Exists(_path) ? File.ReadAllBytes(_path) : [];
        isDamaged = bytes.Length < NumberOnly || Crc32C.Of(bytes.AsSpan(..^4)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(^4..));
        if (isDamaged)
        {
            isDamaged = bytes.Length > 0;
            return OutboxPlace.Unknown;
        }

        var reader = new RecordReader(bytes.AsSpan(..^4));
        long acknowledged = reader.Int64();
        if (reader.IsAtEnd)
        {
            return OutboxPlace.Unknown with { Acknowledged = acknowledged };
        }

        long sure = reader.Int64();
        var due = new Dictionary<string, long>(StringComparer.Ordinal);
        var lost = new Dictionary<string, long>(StringComparer.Ordinal);
        for (int routes = reader.Int32(); routes > 0; routes--)
        {
            string route = reader.Text();
            due[route] = reader.Int64();
            lost[route] = reader.Int64();
        }

        return new OutboxPlace(acknowledged, sure, due, lost);
    }

    /// <param name="isFlushed">Whether it must survive a loss of power.</param>
    /// <exception cref="IOException">The disk is full or failing; the file is as before.</exception>
    internal void Write(OutboxPlace place, bool isFlushed)
    {
        _buffer.Clear();
        _buffer.Write(place.Acknowledged);
        _buffer.Write(place.Sure);
        string[] routes = [.. place.Due.Keys.Union(place.Lost.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _buffer.Write(routes.Length);
        foreach (string route in routes)
        {
            _buffer.Write(route);
            _buffer.Write(place.Due.GetValueOrDefault(route));
            _buffer.Write(place.Lost.GetValueOrDefault(route));
        }

        uint checksum = Crc32C.Of(_buffer.Written);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.Take(4), checksum);
        string next = _path + ".tmp";
        using (var file = File.OpenHandle(next, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, _buffer.Written, 0);
            if (isFlushed)
            {
                RandomAccess.FlushToDisk(file);
            }
        }

        File.Move(next, _path, overwrite: true);
        if (isFlushed)
        {
            FolderSync.Flush(folder);
        }
    }

    /// <summary>Deletes the file, so that a start takes every record it finds for one that waits: what a full disk still lets one do.</summary>
    internal void Forget() => File.Delete(_path);
}
