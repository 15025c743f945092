using System.Globalization;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine;
using Alatau.Iot.Engine.Checkpoints;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Ingest.Pipeline;
using Alatau.Iot.Storage;
using Alatau.Iot.Storage.Corrections;
using Alatau.Iot.Storage.Outbox;
using Alatau.Iot.Storage.Recording;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Host.Recovery;

/// <summary>Writes down where the platform stands, and goes back there after a restart: checkpoint, then journal.</summary>
/// <remarks>
/// A checkpoint counts only when everything that came of the messages in it is in the store, the outbox or the quarantine's file; then the journal lets go of what lies before the checkpoint before it.
/// Two are kept: a damaged one falls back to the one before.
/// </remarks>
internal sealed partial class Checkpoints : IMetricSource, IAsyncDisposable
{
    private const string Consumer = "runtime";
    private const string Extension = ".ckp";
    private const string ReceivedExtension = ".received.json";
    private const int Kept = 2;

    private readonly string _folder;
    private readonly string _journalFolder;
    private readonly RecoveryOptions _options;
    private readonly MessageJournal _journal;
    private readonly TelemetryRoad _road;
    private readonly AssetEngine _engine;
    private readonly AssetDirectory _assets;
    private readonly ListeningMarks _marks;
    private readonly HistoryRecorder? _recorder;
    private readonly HistoryOutbox? _outbox;
    private readonly CorrectionMarks? _corrections;
    private readonly QuarantineFile _quarantine;
    private readonly Ledger _ledger;
    private readonly TimeProvider _clock;
    private readonly ILogger<Checkpoints> _log;

    // What else must be on disk before a checkpoint counts.
    private readonly Action? _beside;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _one = new(1);
    private Task _loop = Task.CompletedTask;
    private long _taken;
    private long _failed;
    private long _replayed;
    private long _position;
    private int _isDisposed;
    private CheckpointResult? _last;

    public Checkpoints(
        string dataFolder,
        string journalFolder,
        RecoveryOptions options,
        MessageJournal journal,
        TelemetryRoad road,
        AssetEngine engine,
        AssetDirectory assets,
        ListeningMarks marks,
        HistoryRecorder? recorder,
        HistoryOutbox? outbox,
        CorrectionMarks? corrections,
        QuarantineFile quarantine,
        Ledger ledger,
        TimeProvider clock,
        ILogger<Checkpoints> log,
        Action? beside = null)
    {
        _beside = beside;
        (_folder, _journalFolder, _options, _journal, _road, _engine, _assets, _recorder) = (Path.Combine(dataFolder, "checkpoint"), journalFolder, options, journal, road, engine, assets, recorder);
        _corrections = corrections;
        (_marks, _outbox, _quarantine, _ledger, _clock, _log) = (marks, outbox, quarantine, ledger, clock, log);
        Directory.CreateDirectory(_folder);
    }

    /// <summary>Reads back where the platform stood. Called before the recorder starts, while the outbox still holds what it held.</summary>
    public void Open()
    {
        RouteNames.Save(_journalFolder, _ledger);
        long released = _journal.OpenConsumer(Consumer);

        // Segments may be kept longer than any checkpoint needs them; a start never begins in those.
        _position = Math.Max(Restore(), released);
    }

    /// <summary>Starts the engine where the checkpoint left it, and takes the rest of the journal down the road. The doors are still closed.</summary>
    /// <exception cref="IOException">The journal can't be read.</exception>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        long position = _position;
        _engine.Start();
        long began = _clock.GetTimestamp();
        var replay = new JournalReplay(_road, _engine, _assets, _quarantine);
        await Task.Run(() => replay.Run(_journal, position, cancellationToken), cancellationToken);
        _replayed = replay.Count;
        if (replay.Unreadable > 0)
        {
            LogPassedOver(replay.Unreadable);
        }

        var now = Instant.Now(_clock);
        if (!await _marks.StartAsync(now, cancellationToken))
        {
            LogNoMark();
        }

        await _engine.GoLiveAsync(now, cancellationToken);
        _marks.Answer(_road, _engine);
        if (_replayed > 0)
        {
            LogReplayed(_replayed, position, _clock.GetElapsedTime(began));
        }

        // So that the next start begins here, however soon it comes, and not with what has just been replayed.
        await TakeAsync(cancellationToken);
    }

    /// <summary>No checkpoint is taken until what it answers is disposed of; waits for the one under way. What the quarantine lists is on disk by then, so that its numbers stay after a kill.</summary>
    public async Task<IDisposable> HoldWithQuarantineAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        var hold = new Hold(_one);
        try
        {
            await _quarantine.MakeDurableAsync(cancellationToken);
            return hold;
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <summary>Completes when no more checkpoints are taken; faults when that was a fault of the platform, at which the host must stop: the journal would only grow.</summary>
    public Task Completion => _loop;

    /// <summary>Takes a checkpoint at every interval.</summary>
    public void Start() => _loop = Task.Run(LoopAsync);

    /// <summary>Takes a checkpoint now.</summary>
    /// <returns>False when it failed; the one before still counts.</returns>
    public async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            string temporary = Path.Combine(_folder, "next.tmp");
            var routes = _ledger.Routes;
            var (writing, received) = _road.AtRest(() => (
                _engine.BeginCheckpoint(temporary, _journal.AppendedPosition, routes, _road.TakeMemory()),
                routes.Select((_, route) => _ledger.Read((byte)route).Received).ToArray()));
            var result = await writing.WaitAsync(cancellationToken);
            string final = Path.Combine(_folder, result.Position.ToString("D19", CultureInfo.InvariantCulture));
            ReceivedCounts.Write(final + ReceivedExtension, routes, received);
            await _journal.WaitForCommitAsync(result.Position, cancellationToken);
            if (_recorder is not null)
            {
                await _recorder.MakeDurableAsync(cancellationToken);
            }

            if (_corrections is not null)
            {
                await _corrections.MakeDurableAsync(cancellationToken);
            }

            await _quarantine.MakeDurableAsync(cancellationToken);
            _beside?.Invoke();
            File.Move(temporary, final + Extension, overwrite: true);
            FolderSync.Flush(_folder);
            Forget();
            _last = result;
            Interlocked.Increment(ref _taken);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            Interlocked.Increment(ref _failed);
            LogFailed(e.Message);
            return false;
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes a room once for each port it stands behind.
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _one.Dispose();
    }

    public void WriteMetrics(IMetricWriter writer)
    {
        writer.Counter("checkpoints", "Checkpoints taken since the start.", Interlocked.Read(ref _taken));
        writer.Counter("checkpoint_failures", "Checkpoints that failed; the one before still counts.", Interlocked.Read(ref _failed));
        writer.Gauge("checkpoint_bytes", "Length of the last checkpoint.", _last?.Bytes ?? 0);
        writer.Gauge("checkpoint_position", "Journal position of the last checkpoint.", _last?.Position ?? 0);
        writer.Gauge("replayed_messages", "Messages taken out of the journal again at the start.", _replayed);
    }

    private sealed class Hold(SemaphoreSlim one) : IDisposable
    {
        private SemaphoreSlim? _one = one;

        public void Dispose() => Interlocked.Exchange(ref _one, null)?.Release();
    }

    private long Restore()
    {
        foreach (string file in Files())
        {
            var result = _engine.Restore(file, (name, _) => _ledger.Route(name));
            if (result.Verdict == RestoreVerdict.Restored)
            {
                RestoreLedger(result.Totals, ReceivedCounts.Read(Path.ChangeExtension(file, null) + ReceivedExtension));
                if (_road.RestoreMemory(result.Memory) is > 0 and var unread)
                {
                    LogForgotten(unread);
                }

                LogRestored(result.Assets, result.Position, result.TakenAt.ToString());
                return result.Position;
            }

            LogUnusable(file, result.Verdict, result.Detail);
        }

        _engine.BeginReplay();
        return 0;
    }

    /// <summary>What was received up to the checkpoint and not decided by an asset was set aside by the road; what was decided as stored and got lost in the outbox is set aside, too.</summary>
    private void RestoreLedger(IReadOnlyList<RouteTotals> totals, IReadOnlyDictionary<string, long> received)
    {
        foreach (var (name, count) in received)
        {
            byte route = _ledger.Route(name);
            var decided = totals.FirstOrDefault(t => t.Route == route);
            long setAside = count - decided.Stored - decided.Duplicate;
            long waiting = _outbox?.MessagesWaiting.GetValueOrDefault(name) ?? 0;
            long lost = _outbox?.LostMessages.GetValueOrDefault(name) ?? 0;
            _ledger.Restore(name, count, decided.Stored - waiting - lost, decided.Duplicate, setAside + lost);
        }
    }

    private void Forget()
    {
        string[] files = [.. Files()];
        foreach (string old in files.Skip(Kept))
        {
            File.Delete(old);
            File.Delete(Path.ChangeExtension(old, null) + ReceivedExtension);
        }

        if (files.Length >= Kept)
        {
            long oldest = PositionOf(files[Kept - 1]);
            _journal.Release(Consumer, oldest);
            _quarantine.Release(oldest);
        }
    }

    /// <summary>Newest first: the names are positions.</summary>
    private IEnumerable<string> Files() => Directory.GetFiles(_folder, "*" + Extension).OrderDescending(StringComparer.Ordinal);

    private static long PositionOf(string file) => long.Parse(Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture);

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(_options.CheckpointInterval, _clock);
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            await TakeAsync(_stop.Token);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Restored {Assets} assets as of journal position {Position}, taken at {TakenAt}")]
    private partial void LogRestored(int assets, long position, string takenAt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Took {Count} messages behind journal position {Position} down the road again in {Took}")]
    private partial void LogReplayed(long count, long position, TimeSpan took);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} pieces of what Sparkplug nodes said of themselves can't be read; the nodes are asked again")]
    private partial void LogForgotten(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} records of the journal were passed over: their kind or version isn't known to this program, or their asset is gone")]
    private partial void LogPassedOver(long count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The checkpoint {File} can't be used ({Verdict}): {Detail} The one before is taken")]
    private partial void LogUnusable(string file, RestoreVerdict verdict, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The journal doesn't take the record of this start; if the platform is killed before the next checkpoint, silence is counted from the start before")]
    private partial void LogNoMark();

    [LoggerMessage(Level = LogLevel.Error, Message = "A checkpoint failed, the one before still counts: {Problem}")]
    private partial void LogFailed(string problem);
}
