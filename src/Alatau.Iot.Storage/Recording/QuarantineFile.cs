using System.Text;
using System.Threading.Channels;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Recording;

/// <summary>The quarantine on disk, under <c>quarantine/</c> of the data folder: bounded, checksummed, there again after a restart.</summary>
/// <remarks>
/// A message is put in line for a background writer, which tries again for as long as the disk fails; while the line is full a message's payload is not kept, but it is counted all the same. The counts travel with every record, so that
/// they go on after a restart. Memory holds an index and what still waits for the disk. Journal positions above what <see cref="Release"/> named are remembered exactly, those of
/// messages that have left since in <c>positions.log</c>, so that a replay adds nothing twice.
/// </remarks>
public sealed partial class QuarantineFile : IQuarantine, IMetricSource, IAsyncDisposable
{
    private const int MostInOneWrite = 256;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    private readonly QuarantineOptions _options;
    private readonly Ledger _ledger;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly QuarantineSegments _segments;
    private readonly Channel<Entry> _queue;
    private readonly Lock _gate = new();
    private readonly Entry[] _ring;
    private readonly long[] _counts = new long[Enum.GetValues<QuarantineReason>().Length];
    private readonly long[] _countsOnDisk;
    private readonly HashSet<long> _positions = [];
    private readonly HashSet<long> _replayed = [];
    private readonly List<(long Position, QuarantineReason Reason, long Messages)> _passedBy = [];
    private readonly NumberLog _positionLog;
    private readonly NumberLog _replayedLog;
    private readonly NumberLog _countsLog;
    private readonly Lock _logGate = new();
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _writer;
    private long _added;
    private long _nextNumber = 1;
    private readonly long _firstOfRun;
    private long _unkept;
    private long _written;
    private long _queued;
    private long _released;
    private long _skipped;

    private QuarantineFile(QuarantineOptions options, string folder, Ledger ledger, ILogger logger, TimeProvider time)
    {
        (_options, _ledger, _logger, _time) = (options, ledger, logger, time);
        _ring = new Entry[options.MaximumMessages];
        _queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(options.QueueMessages) { SingleReader = true });
        _segments = new QuarantineSegments(folder, options.MaximumMessages, options.MaximumAge, RememberPositions);
        (_positionLog, _replayedLog) = (new NumberLog(Path.Combine(folder, "positions.log")), new NumberLog(Path.Combine(folder, "replayed.log")));
        _countsLog = new NumberLog(Path.Combine(folder, "counts.log"));
        _positions.UnionWith(_positionLog.ReadAll());
        var faults = new List<string>();
        foreach (var (message, counts, path, offset) in _segments.ReadAll(faults))
        {
            if (message.Number < _nextNumber)
            {
                // Written twice, the first time in a call that failed.
                continue;
            }

            Keep(new Entry(message.Number, message.ReceivedAt) { Path = path, Offset = offset });
            _nextNumber = message.Number + 1;
            if (message.Position > 0)
            {
                _positions.Add(message.Position);
            }

            counts.AsSpan(0, Math.Min(counts.Length, _counts.Length)).CopyTo(_counts);
        }

        _nextNumber = Math.Max(_nextNumber, _segments.LastBegan);

        // Counts only rise, so that the higher of record and log is the later.
        foreach (var (reason, count) in _countsLog.ReadAll().Index().Take(_counts.Length))
        {
            _counts[reason] = Math.Max(_counts[reason], count);
        }

        _firstOfRun = _nextNumber;
        _countsOnDisk = [.. _counts];
        if (_replayedLog.ReadAll() is { Count: > 0 } replayed)
        {
            long oldest = FirstKept;
            _replayed.UnionWith(replayed.Where(number => number >= oldest));
            _replayedLog.Replace([.. _replayed]);
        }

        foreach (string fault in faults)
        {
            RecorderLog.QuarantineTrouble(logger, fault);
        }

        Expire();
        var turn = options.MaximumAge / TurnsInAnAge < s_longestTurn ? options.MaximumAge / TurnsInAnAge : s_longestTurn;
        _expiry = time.CreateTimer(_ => Expire(), null, turn, turn);
        _writer = Task.Run(WriteAsync);
    }

    public IReadOnlyDictionary<QuarantineReason, long> Counts
    {
        get
        {
            lock (_gate)
            {
                return Enum.GetValues<QuarantineReason>().ToDictionary(reason => reason, reason => _counts[(int)reason]);
            }
        }
    }

    /// <summary>Messages kept and still to be listed.</summary>
    public int Kept
    {
        get
        {
            lock (_gate)
            {
                return (int)(_added - Oldest);
            }
        }
    }

    /// <summary>Messages since the start that were counted and not kept: the line was full, or the disk failed.</summary>
    public long Unkept => Interlocked.Read(ref _unkept);

    /// <summary>Opens the quarantine of a data folder, or makes it.</summary>
    /// <exception cref="StoreException">The folder can't be used; says which and the cure.</exception>
    public static QuarantineFile Open(QuarantineOptions options, string dataFolder, Ledger ledger, ILogger<QuarantineFile> logger, TimeProvider time)
    {
        string folder = Path.Combine(Path.GetFullPath(dataFolder), "quarantine");
        try
        {
            return new QuarantineFile(options, folder, ledger, logger, time);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The quarantine in '{folder}' can't be opened: {exception.Message} Cure: give this user the right to read and write there, or name another data folder.", isTransient: false, inner: exception);
        }
    }

    public void Add(Instant receivedAt, byte route, string client, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, QuarantineReason reason, string detail, long position)
    {
        if (position > 0)
        {
            lock (_gate)
            {
                if (!_positions.Add(position))
                {
                    _skipped++;
                    return;
                }
            }
        }

        bool isCut = payload.Length > _options.MaximumPayloadBytes;
        if (isCut)
        {
            detail = $"{detail} (the first {_options.MaximumPayloadBytes} of {payload.Length} bytes are kept)";
            payload = payload[.._options.MaximumPayloadBytes];
        }

        byte[] bytes = payload.ToArray();
        string topicText = Encoding.UTF8.GetString(topic);
        Enqueue(new QuarantinedMessage(0, receivedAt, NameOf(route), client, topicText, bytes, reason, detail) { Position = position, IsCut = isCut });
    }

    public void AddLost(Instant at, byte route, long messages, string detail) =>
        Enqueue(new QuarantinedMessage(0, at, NameOf(route), "", "", ReadOnlyMemory<byte>.Empty, QuarantineReason.LostInOutbox, detail) { IsCut = true, Messages = messages });

    private string NameOf(byte route)
    {
        var routes = _ledger.Routes;
        return route < routes.Count ? routes[route] : "";
    }

    private void Enqueue(QuarantinedMessage message)
    {
        lock (_gate)
        {
            _counts[(int)message.Reason] += message.Messages;
            var entry = new Entry(_nextNumber, message.ReceivedAt) { Message = message with { Number = _nextNumber } };
            if (_queue.Writer.TryWrite(entry))
            {
                _queued++;
                _nextNumber++;
                Keep(entry);
                return;
            }

            _passedBy.Add((message.Position, message.Reason, message.Messages));
        }

        Interlocked.Increment(ref _unkept);
    }

    public IReadOnlyList<QuarantinedMessage> List(long before, int limit, bool alsoReplayed = false)
    {
        var found = new List<(QuarantinedMessage? Message, string Path, long Offset, bool IsReplayed)>();
        var since = Instant.Now(_time) - _options.MaximumAge;
        lock (_gate)
        {
            for (long at = _added - 1; at >= Oldest && found.Count < limit; at--)
            {
                var entry = _ring[at % _ring.Length];
                bool isReplayed = _replayed.Contains(entry.Number);
                if (entry.Number < before && entry.ReceivedAt >= since && (alsoReplayed || !isReplayed))
                {
                    found.Add((entry.Message, entry.Path, entry.Offset, isReplayed));
                }
            }
        }

        return [.. found.Select(entry => WithMark(entry.Message ?? QuarantineSegments.Read(entry.Path, entry.Offset), entry.IsReplayed)).OfType<QuarantinedMessage>()];

        QuarantinedMessage? WithMark(QuarantinedMessage? message, bool isReplayed) => message is null ? null : message with { IsReplayed = isReplayed, IsOfThisRun = message.Number >= _firstOfRun };
    }

    /// <summary>Completes when everything added before is on disk; waits for a disk that fails.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        long target;
        lock (_gate)
        {
            target = _queued;
        }

        while (Interlocked.Read(ref _written) < target)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
        }
    }

    public void WriteMetrics(IMetricWriter writer)
    {
        foreach (var (reason, count) in Counts)
        {
            writer.Counter("quarantined_messages", "Messages quarantined since the platform was set up.", count, ("reason", reason.ToString()));
        }

        writer.Gauge("quarantine_kept_messages", "Messages the quarantine holds.", Kept);
        writer.Gauge("quarantine_replayed_messages", "Messages the quarantine holds that were sent through again.", Replayed);
        writer.Counter("quarantine_skipped_messages", "Messages a replay brought that were held already.", Skipped);
        writer.Counter("quarantine_unkept_messages", "Messages counted and not kept, since the disk was behind or failed.", Unkept);
    }

    /// <summary>Writes what waits and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        await _expiry.DisposeAsync();
        _queue.Writer.TryComplete();
        _ending.TrySetResult();
        await _writer;
        try
        {
            WritePassedBy();
        }
        catch (IOException exception)
        {
            RecorderLog.QuarantineTrouble(_logger, $"positions could not be written down: {exception.Message}");
        }

        _segments.Dispose();
        _positionLog.Dispose();
        _replayedLog.Dispose();
        _countsLog.Dispose();
    }

    private void Keep(Entry entry)
    {
        ref var place = ref _ring[_added++ % _ring.Length];
        if (place is not null)
        {
            _replayed.Remove(place.Number);
        }

        place = entry;
    }

    private async Task WriteAsync()
    {
        var entries = new List<Entry>();
        var messages = new List<QuarantinedMessage>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            entries.Clear();
            messages.Clear();
            while (entries.Count < MostInOneWrite && _queue.Reader.TryRead(out var entry))
            {
                entries.Add(entry);
                messages.Add(entry.Message!);
            }

            bool isTroubled = false;
            while (!TryWrite(entries, messages, out var problem))
            {
                if (_ending.Task.IsCompleted)
                {
                    GiveUp(entries, problem!);
                    break;
                }

                if (!isTroubled)
                {
                    isTroubled = true;
                    RecorderLog.QuarantineTrouble(_logger, $"messages wait in memory, since they can't be written: {problem!.Message} Cure: make room on the disk.");
                }

                await Task.WhenAny(_ending.Task, Task.Delay(s_pause, TimeProvider.System));
            }

            Interlocked.Add(ref _written, entries.Count);
        }
    }

    private bool TryWrite(List<Entry> entries, List<QuarantinedMessage> messages, out Exception? problem)
    {
        try
        {
            WritePassedBy();
            long[] counts;
            lock (_logGate)
            {
                counts = [.. _countsOnDisk];
            }

            lock (_filesGate)
            {
                var places = _segments.Append(messages, counts);
                lock (_logGate)
                {
                    foreach (var message in messages)
                    {
                        _countsOnDisk[(int)message.Reason] += message.Messages;
                    }
                }

                lock (_gate)
                {
                    for (int i = 0; i < entries.Count; i++)
                    {
                        (entries[i].Path, entries[i].Offset) = places[i];
                        entries[i].Message = null;
                    }
                }
            }

            problem = null;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = exception;
            return false;
        }
    }

    // The end. What the journal holds comes again by its replay; the others are counted and lost.
    private void GiveUp(List<Entry> entries, Exception problem)
    {
        lock (_gate)
        {
            _passedBy.AddRange(entries.Where(e => e.Message!.Position == 0).Select(e => (0L, e.Message!.Reason, e.Message.Messages)));
        }

        Interlocked.Add(ref _unkept, entries.Count);
        RecorderLog.QuarantineTrouble(_logger, $"{entries.Count} messages could not be kept: {problem.Message}");
    }

    private sealed class Entry(long number, Instant receivedAt)
    {
        public long Number { get; } = number;

        public Instant ReceivedAt { get; } = receivedAt;

        /// <summary>Null once it rests on disk.</summary>
        public QuarantinedMessage? Message { get; set; }

        public string Path { get; set; } = "";

        public long Offset { get; set; }
    }
}
