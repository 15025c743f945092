using System.Runtime.InteropServices;
using Alatau.Iot.Core.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>Does beside the commits what need not hold them up: prepares the next segment, trims finished ones, deletes released ones, saves the cursors. One thread of its own.</summary>
internal sealed partial class SegmentKeeper : IDisposable
{
    public const string SpareName = "spare.tmp";

    /// <summary>Share of the limit that released segments may fill up to: below the warning, so that what is kept never makes one.</summary>
    private const double KeptShare = 0.75;

    private const int ZeroBytes = 1 << 20;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(1);

    private readonly JournalOptions _options;
    private readonly IJournalDisk _disk;
    private readonly SegmentCatalog _catalog;
    private readonly SegmentSizes _sizes;
    private readonly ConsumerCursors _cursors;
    private readonly Func<long> _committed;
    private readonly Action _onDeleted;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Lock _gate = new();
    private readonly Lock _preparing = new();
    private readonly Lock _saving = new();
    private readonly Queue<(Segment Segment, SafeFileHandle File)> _finished = [];
    private (string Path, SafeFileHandle File, long Bytes)? _spare;
    private volatile bool _closing;
    private bool _failing;

    /// <param name="committed">Where the journal ends, for the cursors' file.</param>
    /// <param name="onDeleted">Space was freed.</param>
    /// <param name="time">Ages of released segments.</param>
    public SegmentKeeper(
        JournalOptions options, IJournalDisk disk, SegmentCatalog catalog, SegmentSizes sizes, ConsumerCursors cursors, Func<long> committed, Action onDeleted, TimeProvider time, ILogger log)
    {
        (_options, _disk, _catalog, _sizes, _cursors, _committed, _onDeleted, _time, _log) = (options, disk, catalog, sizes, cursors, committed, onDeleted, time, log);
        _thread = new Thread(Run) { IsBackground = true, Name = "journal keeper" };
    }

    public void Start() => _thread.Start();

    /// <summary>Asks for a turn now.</summary>
    public void Wake()
    {
        if (!_closing)
        {
            _wake.Set();
        }
    }

    /// <summary>Gives the prepared segment away when it has the room.</summary>
    public bool TryTakeSpare(long needed, out (string Path, SafeFileHandle File, long Bytes) spare)
    {
        lock (_gate)
        {
            spare = _spare.GetValueOrDefault();
            if (_spare is null || spare.Bytes < needed)
            {
                return false;
            }

            // It leaves its name at once: the next one is prepared under it.
            string fresh = Path.Combine(_options.Folder, SegmentWriter.FreshName);
            _spare = null;
            try
            {
                File.Move(spare.Path, fresh, overwrite: true);
                spare.Path = fresh;
            }
            catch
            {
                // Someone took the file or the folder away: without it the committer makes its own, or says what is wrong.
                spare.File.Dispose();
                _catalog.Unreserve(spare.Bytes);
                throw;
            }
        }

        _wake.Set();
        return true;
    }

    /// <summary>What the committer asks before it says that there is no room: cuts finished files, lets released ones go that are still kept, waits for the segment that is being prepared, if one is, and takes it.</summary>
    public bool TryMakeRoom(long needed, out (string Path, SafeFileHandle File, long Bytes) spare)
    {
        lock (_preparing)
        {
            Attempt(TrimFinished);
            Attempt(() => DeleteReleased(_options.MaximumBytes - Math.Max(needed, _sizes.Next)));
            return TryTakeSpare(needed, out spare);
        }
    }

    /// <summary>Has the file cut to its committed end and closed.</summary>
    public void Trim(Segment segment, SafeFileHandle file)
    {
        lock (_gate)
        {
            _finished.Enqueue((segment, file));
        }

        _wake.Set();
    }

    /// <summary>Writes the cursors' file now if something changed.</summary>
    public void SaveCursors()
    {
        lock (_saving)
        {
            _cursors.Save(_disk, _committed());
        }
    }

    public void Dispose()
    {
        _closing = true;
        _wake.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        Attempt(TrimFinished);
        Attempt(SaveCursors);
        if (_spare is { } spare)
        {
            spare.File.Dispose();
            Attempt(() => File.Delete(spare.Path));
        }

        _wake.Dispose();
    }

    private void Run()
    {
        while (!_closing)
        {
            Attempt(() =>
            {
                TrimFinished();
                DeleteReleased((long)(KeptShare * _options.MaximumBytes));
                SaveCursors();
                lock (_preparing)
                {
                    PrepareSpare();
                }
            });
            _wake.WaitOne(Turn);
        }
    }

    /// <summary>What fails here holds nothing up: it is said once, and tried again every turn.</summary>
    private void Attempt(Action work)
    {
        try
        {
            work();
            _failing = false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
            {
                _failing = true;
                LogUpkeepFailed(_log, _options.Folder, error.Message);
            }
        }
    }

    private void TrimFinished()
    {
        while (true)
        {
            (Segment Segment, SafeFileHandle File) finished;
            lock (_gate)
            {
                if (!_finished.TryDequeue(out finished))
                {
                    return;
                }
            }

            using (finished.File)
            {
                RandomAccess.SetLength(finished.File, finished.Segment.End);
                _catalog.Resize(finished.Segment, finished.Segment.End);
            }
        }
    }

    /// <param name="bytes">Released segments are kept while all together take no more than this.</param>
    private void DeleteReleased(long bytes)
    {
        long released = _cursors.Minimum;
        var before = _options.KeepReleased == TimeSpan.Zero ? Instant.MaxValue : Instant.Now(_time) - _options.KeepReleased;
        if (!_catalog.HasReleased(released, before, bytes))
        {
            return;
        }

        // The cursors first: a start must not find a cursor that points before the oldest segment because of us.
        SaveCursors();
        while (_catalog.TryTakeReleased(released, before, bytes, out var segment))
        {
            File.Delete(segment.Path);
        }

        _disk.SyncFolder(_options.Folder);
        _onDeleted();
    }

    private void PrepareSpare()
    {
        long bytes = _sizes.Next;
        if (!_options.ZeroAhead || _closing || _spare is not null || !_catalog.TryReserve(bytes, _options.MaximumBytes))
        {
            return;
        }

        string path = Path.Combine(_options.Folder, SpareName);
        SafeFileHandle? file = null;
        try
        {
            File.Delete(path);
            file = _disk.Create(path, bytes);
            Zero(file, bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _catalog.Unreserve(bytes);
            file?.Dispose();
            File.Delete(path);
            if (JournalDisks.IsDiskFull(error))
            {
                // The committer finds out by itself whether a smaller segment still fits, and says so.
                return;
            }

            throw;
        }

        lock (_gate)
        {
            _spare = (path, file, bytes);
        }
    }

    /// <summary>Written once, the blocks are the file's own: a commit has no extent to convert. Slowly, because commits go on beside it.</summary>
    /// <remarks>Memory that was never written is one page of zeros to the kernel: it takes no room and no cache from the road.</remarks>
    private unsafe void Zero(SafeFileHandle file, long bytes)
    {
        byte* memory = (byte*)NativeMemory.AllocZeroed(ZeroBytes + SegmentHeader.Block);
        try
        {
            byte* origin = memory + (-(nint)memory & (SegmentHeader.Block - 1));
            for (long offset = 0; offset < bytes && !_closing; offset += ZeroBytes)
            {
                _disk.Write(file, new ReadOnlySpan<byte>(origin, (int)Math.Min(ZeroBytes, bytes - offset)), offset);
                Nap.Take(Breath);
            }
        }
        finally
        {
            NativeMemory.Free(memory);
        }

        _disk.Sync(file);
    }

    [LoggerMessage(1, LogLevel.Warning, "The journal in {Folder} could not be tidied, which is tried again every second: {Error}")]
    private static partial void LogUpkeepFailed(ILogger log, string folder, string error);
}
