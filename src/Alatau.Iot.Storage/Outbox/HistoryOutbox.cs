using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Outbox;

/// <summary>Where batches rest on disk, in order, while a store is away: bounded, checksummed, there again after a restart, understood whatever handles and ids the next process gives.</summary>
/// <remarks>Any thread spills; one drains. A record needs no other one, so that damage to one is damage to one only. Spilled records are sure after <see cref="Sync"/>.</remarks>
public sealed partial class HistoryOutbox : IDisposable
{
    private readonly OutboxOptions _options;
    private readonly string _folder;
    private readonly Ledger _ledger;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IQuarantine? _quarantine;
    private readonly OutboxCursor _cursor;
    private readonly RecordEncoder _encoder;
    private readonly RecordDecoder _decoder;
    private readonly RecordBuffer _buffer = new();
    private readonly Lock _gate = new();
    private readonly Lock _syncGate = new();
    private readonly List<OutboxSegment> _segments = [];
    private readonly Dictionary<string, long> _messages = new(StringComparer.Ordinal);
    private byte[] _body = [];
    private OutboxSegment? _active;
    private long _offset = OutboxSegment.HeadLength;
    private long _nextNumber = 1;
    private long _acknowledged = 1;
    private long _records;
    private Instant _oldestAt;
    private bool _isFolderDirty;

    private HistoryOutbox(OutboxOptions options, string folder, AssetDirectory assets, MeasurandCatalog measurands, Ledger ledger, TimeProvider time, ILogger logger, IQuarantine? quarantine)
    {
        (_options, _folder, _ledger, _time, _logger, _quarantine) = (options, folder, ledger, time, logger, quarantine);
        (_cursor, _encoder, _decoder) = (new OutboxCursor(folder), new RecordEncoder(assets, measurands), new RecordDecoder(assets, measurands));
        Directory.CreateDirectory(folder);
        Recover();
    }

    internal OutboxOptions Options => _options;

    /// <summary>Told when something was spilled.</summary>
    internal Signal Spilled { get; } = new();

    /// <summary>Told when the store has acknowledged something, so that there is room.</summary>
    internal Signal Drained { get; } = new();

    /// <summary>Whether the store has everything.</summary>
    public bool IsEmpty => Interlocked.Read(ref _records) == 0;

    /// <summary>Number the next record gets.</summary>
    internal long NextNumber
    {
        get
        {
            lock (_gate)
            {
                return _nextNumber;
            }
        }
    }

    /// <summary>Number of the first record the store hasn't acknowledged.</summary>
    internal long Acknowledged
    {
        get
        {
            lock (_gate)
            {
                return _acknowledged;
            }
        }
    }

    /// <summary>Messages whose last row waits here, by the name of their route: at a start, what the checkpoint calls stored and the store hasn't got yet. Read it before the recorder starts.</summary>
    public IReadOnlyDictionary<string, long> MessagesWaiting
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, long>(_messages, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>Opens the outbox of a store in a data folder, or makes it.</summary>
    /// <param name="storeName"><see cref="IHistoryStore.Name"/>.</param>
    /// <param name="quarantine">Told of messages whose rows were lost on disk; null for nobody.</param>
    /// <exception cref="StoreException">The folder can't be used; says which and the cure.</exception>
    public static HistoryOutbox Open(OutboxOptions options, string dataFolder, string storeName, AssetDirectory assets, MeasurandCatalog measurands, Ledger ledger, TimeProvider time, ILogger<HistoryOutbox> logger, IQuarantine? quarantine = null)
    {
        string folder = Path.Combine(Path.GetFullPath(options.Folder, Path.GetFullPath(dataFolder)), storeName);
        try
        {
            return new HistoryOutbox(options, folder, assets, measurands, ledger, time, logger, quarantine);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The outbox in '{folder}' can't be opened: {exception.Message} Cure: give this user the right to read and write there, or name another folder in Storage:Outbox:Folder.", isTransient: false, inner: exception);
        }
    }

    /// <summary>Puts a batch at the end.</summary>
    /// <returns>False when it is full or the disk fails: the batch stays with the caller.</returns>
    internal bool TrySpill(HistoryBatch batch, RecordKind kind = RecordKind.Spilled)
    {
        lock (_gate)
        {
            var now = Instant.Now(_time);
            _encoder.Encode(batch, _buffer, _nextNumber, kind, now, _ledger.Routes);

            // A copy is small and keeps an order that nothing else keeps: it always fits.
            if (kind == RecordKind.Spilled && BytesOnDisk + _buffer.Length > _options.MaximumBytes)
            {
                BeFull();
                return false;
            }

            try
            {
                if (_active is null || _active.Length >= _options.SegmentBytes)
                {
                    _active = OutboxSegment.Create(_folder, _nextNumber);
                    _segments.Add(_active);
                    _isFolderDirty = true;
                }

                RandomAccess.Write(_active.Handle, _buffer.Written, _active.Length);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // What was written of it lies behind the segment's length and is overwritten by the next.
                Fail(exception);
                return false;
            }

            _fault = null;
            _active.Length += _buffer.Length;
            _active.IsDirty = true;
            Count(batch, kind, now);
        }

        Spilled.Pulse();
        return true;
    }

    /// <summary>Puts all that was spilled before on disk.</summary>
    /// <exception cref="IOException">The disk fails; nothing may be assumed.</exception>
    internal void Sync()
    {
        lock (_syncGate)
        {
            List<(OutboxSegment Segment, Microsoft.Win32.SafeHandles.SafeFileHandle Handle)> dirty;
            bool isFolderDirty;
            long end;
            Dictionary<string, long> spilled;
            lock (_gate)
            {
                (end, spilled) = (_nextNumber, new Dictionary<string, long>(_spilledMessages, StringComparer.Ordinal));
                dirty = [.. _segments.Where(segment => segment.IsDirty).Select(segment => (segment, segment.Handle))];
                dirty.ForEach(entry => entry.Segment.IsDirty = false);
                (isFolderDirty, _isFolderDirty) = (_isFolderDirty, false);
            }

            try
            {
                foreach (var (_, handle) in dirty)
                {
                    try
                    {
                        RandomAccess.FlushToDisk(handle);
                    }
                    catch (ObjectDisposedException)
                    {
                        // The store has all of it meanwhile, and the file is gone.
                    }
                }

                if (isFolderDirty)
                {
                    FolderSync.Flush(_folder);
                }

                lock (_gate)
                {
                    (_sure, _sureMessages) = (end, spilled);
                    if (dirty.Count > 0 && _acknowledged < end)
                    {
                        WritePlace(isFlushed: true);
                    }
                }
            }
            catch (IOException)
            {
                lock (_gate)
                {
                    dirty.ForEach(entry => entry.Segment.IsDirty = true);
                    _isFolderDirty |= isFolderDirty;
                }

                throw;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _segments.ForEach(segment => segment.Dispose());
        }
    }

    private void Count(HistoryBatch batch, RecordKind kind, Instant now)
    {
        _nextNumber++;
        if (_records == 0)
        {
            _oldestAt = now;
        }

        Interlocked.Increment(ref _records);
        _spilledRecords++;
        _spilledRows += kind == RecordKind.Spilled ? batch.Count : 0;
        var routes = _ledger.Routes;
        for (int route = 0; route < batch.MessagesByRoute.Length; route++)
        {
            if (batch.MessagesByRoute[route] is not 0 and var messages)
            {
                Add(_messages, [(routes[route], messages)]);
                Add(_spilledMessages, [(routes[route], messages)]);
            }
        }
    }
}
