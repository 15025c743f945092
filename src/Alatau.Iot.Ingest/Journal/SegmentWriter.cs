using Alatau.Iot.Core.Time;
using Microsoft.Win32.SafeHandles;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>Puts batches on disk, each whole in one segment. The committer's thread only.</summary>
/// <remarks>
/// After a failure the segment is given up: what the kernel still says it holds beyond the last success can't be trusted (a failed fsync drops the pages and the next one
/// says success). It is cut back to what was committed, and the batch goes whole into a fresh segment, from memory.
/// </remarks>
internal sealed class SegmentWriter(JournalOptions options, IJournalDisk disk, SegmentCatalog catalog, SegmentKeeper keeper, SegmentSizes sizes, TimeProvider time, uint seed, long previous) : IDisposable
{
    /// <summary>Name of a segment whose first batch is not yet safe; a start deletes it.</summary>
    public const string FreshName = "fresh.tmp";

    private const long SmallestSegmentBytes = 64 << 10;

    private readonly byte[] _header = GC.AllocateArray<byte>(2 * SegmentHeader.Block, pinned: true);
    private readonly byte[] _tail = new byte[SegmentHeader.Block];
    private Segment? _segment;
    private SafeFileHandle? _file;
    private long _previous = previous;

    /// <summary>Writes and syncs the batch.</summary>
    /// <exception cref="IOException">The disk is full or failing; the same batch may be tried again.</exception>
    public void Write(AppendBuffer batch)
    {
        int bytes = batch.Bytes;
        if (_segment is not null && _segment.End + bytes > _segment.FileBytes)
        {
            Finish();
        }

        if (_segment is null)
        {
            Begin(batch);
        }
        else
        {
            Continue(batch, _segment, _file!);
        }

        batch.Tail.CopyTo(_tail);
        _previous = batch.Last;
    }

    public void Dispose() => Finish();

    private void Continue(AppendBuffer batch, Segment segment, SafeFileHandle file)
    {
        try
        {
            batch.SetFront(_tail.AsSpan(0, batch.Phase));
            disk.Write(file, batch.Blocks, segment.End - batch.Phase);
            Sync(file);
        }
        catch
        {
            Finish();
            throw;
        }

        catalog.Extend(segment, batch.Last, segment.End + batch.Bytes);
    }

    private void Begin(AppendBuffer batch)
    {
        var header = new SegmentHeader(batch.First, Instant.Now(time), seed, SegmentHeader.Block + batch.Phase, _previous);
        long needed = (header.DataOffset + (long)batch.Bytes + SegmentHeader.Block - 1) & -SegmentHeader.Block;
        var (path, file, size) = Take(needed);
        try
        {
            int origin = (int)(-System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_header, 0) & (SegmentHeader.Block - 1));
            var block = _header.AsSpan(origin, SegmentHeader.Block);
            header.Write(block);
            batch.SetFront([]);
            disk.Write(file, block, 0);
            disk.Write(file, batch.Blocks, SegmentHeader.Block);
            Sync(file);
            string name = Segment.PathOf(options.Folder, batch.First);
            File.Move(path, name, overwrite: true);
            path = name;
            disk.SyncFolder(options.Folder);
        }
        catch
        {
            catalog.Unreserve(size);
            file.Dispose();
            File.Delete(path);
            throw;
        }

        _file = file;
        _segment = new Segment(path, header) { FileBytes = size, Last = batch.Last, End = header.DataOffset + batch.Bytes };
        catalog.AddReserved(_segment);
        sizes.Grow();
        keeper.Wake();
    }

    /// <summary>A file of zeros with room for the batch: the prepared one, or a new one as large as the disk allows.</summary>
    private (string Path, SafeFileHandle File, long Bytes) Take(long needed)
    {
        if (keeper.TryTakeSpare(needed, out var spare))
        {
            return spare;
        }

        long size = Math.Max(needed, sizes.Next);
        if (!catalog.TryReserve(size, options.MaximumBytes))
        {
            if (keeper.TryMakeRoom(needed, out spare))
            {
                return spare;
            }

            if (!catalog.TryReserve(size, options.MaximumBytes))
            {
                throw new JournalLimitException($"its {catalog.Bytes >> 20} MiB are at the limit of {options.MaximumBytes >> 20} MiB");
            }
        }

        string path = Path.Combine(options.Folder, FreshName);
        try
        {
            while (true)
            {
                try
                {
                    File.Delete(path);
                    return (path, disk.Create(path, size), size);
                }
                catch (IOException error) when (JournalDisks.IsDiskFull(error) && size / 2 >= Math.Max(needed, SmallestSegmentBytes))
                {
                    long half = size / 2 & -SegmentHeader.Block;
                    catalog.Unreserve(size - half);
                    size = half;
                }
            }
        }
        catch
        {
            catalog.Unreserve(size);
            throw;
        }
    }

    private void Sync(SafeFileHandle file)
    {
        if (options.Fsync)
        {
            disk.Sync(file);
        }
    }

    /// <summary>Ends the segment: the file is cut to what was committed.</summary>
    private void Finish()
    {
        if (_segment is { } segment)
        {
            _segment = null;
            keeper.Trim(segment, _file!);
            _file = null;
        }
    }
}
