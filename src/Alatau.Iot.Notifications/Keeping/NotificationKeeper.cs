using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Notifications.Dispatching;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Notifications.Keeping;

/// <summary>Keeps deliveries and what subscriptions remember on disk, by one thread of its own: whoever delivers never waits for a disk.</summary>
/// <remarks>
/// A delivery is on disk some milliseconds after it was made. States follow what they led to, at most four times a second; a kill between the two makes the same notification again under the same key, and a kill
/// within that quarter of a second may forget what was put into a digest in it.
/// </remarks>
internal sealed partial class NotificationKeeper : IReadinessCheck, IMetricSource, IAsyncDisposable
{
    private const long LongestLogBytes = 64L << 20;
    private const int ChangeCapacity = 200_000;
    private const string DeliveriesFile = "deliveries.jsonl";
    private const string StatesFolder = "states";
    private static readonly TimeSpan s_betweenStates = TimeSpan.FromMilliseconds(250);

    private readonly Channel<(Delivery Delivery, bool IsNew)> _changes = Channel.CreateBounded<(Delivery, bool)>(new BoundedChannelOptions(ChangeCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly ConcurrentDictionary<string, Func<KeptState?>> _dirty = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<TaskCompletionSource> _flushes = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly string _folder;
    private readonly DeliveryLog _log;
    private readonly Func<IReadOnlyList<Delivery>> _all;
    private readonly TimeProvider _clock;
    private readonly ILogger<NotificationKeeper> _logger;
    private readonly Task _writing;
    private volatile bool _isEnding;
    private volatile string? _problem;
    private bool _isBehind;
    private long _overflow;

    /// <param name="folder">Made when absent.</param>
    /// <param name="all">All deliveries that are kept, for writing the log anew.</param>
    /// <exception cref="IOException">The folder can't be made or read.</exception>
    public NotificationKeeper(string folder, Func<IReadOnlyList<Delivery>> all, TimeProvider clock, ILogger<NotificationKeeper> logger)
    {
        (_folder, _all, _clock, _logger) = (folder, all, clock, logger);
        Directory.CreateDirectory(Path.Combine(folder, StatesFolder));
        _log = new DeliveryLog(Path.Combine(folder, DeliveriesFile), LongestLogBytes);
        Found = _log.Load(out int damaged);
        if (damaged > 0)
        {
            LogDamaged(damaged, DeliveriesFile);
        }

        _writing = Task.Factory.StartNew(WriteAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).Unwrap();
    }

    public string Name => "notifications";

    /// <summary>Deliveries found at the start, by number.</summary>
    public IReadOnlyList<Delivery> Found { get; }

    /// <summary>Puts a delivery, or how far it is, on disk soon.</summary>
    public void Note(Delivery delivery, bool isNew)
    {
        if (!_changes.Writer.TryWrite((delivery, isNew)))
        {
            Interlocked.Increment(ref _overflow);
        }

        Wake();
    }

    /// <summary>Puts a subscription's state on disk soon; it is asked for then, and null removes it.</summary>
    public void NoteState(string name, Func<KeptState?> state)
    {
        _dirty[name] = state;
        Wake();
    }

    /// <summary>A subscription's state as it was kept; null when there is none, or it is damaged.</summary>
    public KeptState? LoadState(string name)
    {
        string path = StatePath(name);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), KeptJson.Default.KeptState) : null;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            LogDamaged(1, path);
            return null;
        }
    }

    /// <summary>Completes when everything noted before is on disk.</summary>
    public Task FlushAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _flushes.Enqueue(done);
        Wake();
        return done.Task;
    }

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_writing.IsFaulted ? $"Nothing is kept any more: {_writing.Exception.GetBaseException().Message} Restart the platform." : _problem);

    public void WriteMetrics(IMetricWriter writer) =>
        writer.Counter("notification_unkept_changes", "Changes of deliveries that found the queue to the disk full; they are kept in memory only.", Interlocked.Read(ref _overflow));

    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        Wake();
        await _writing;
        _log.Dispose();
        _signal.Dispose();
    }

    private void Wake()
    {
        if (_signal.CurrentCount == 0)
        {
            _signal.Release();
        }
    }

    private async Task WriteAsync()
    {
        long statesAt = 0;
        while (true)
        {
            // With states waiting for their quarter of a second, look again after it.
            await _signal.WaitAsync(_dirty.IsEmpty ? Timeout.InfiniteTimeSpan : s_betweenStates);
            bool isLast = _isEnding;
            var flushes = new List<TaskCompletionSource>();
            while (_flushes.TryDequeue(out var flush))
            {
                flushes.Add(flush);
            }

            bool withStates = isLast || flushes.Count > 0 || _clock.GetElapsedTime(statesAt) >= s_betweenStates;
            try
            {
                WriteOnce(withStates);
                _problem = null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (_problem is null)
                {
                    LogDisk(_folder, e.Message);
                }

                _problem = $"What waits for subscribers can't be kept in {_folder}: {e.Message} Make room or mend the rights.";
            }

            statesAt = withStates ? _clock.GetTimestamp() : statesAt;
            flushes.ForEach(f => f.TrySetResult());
            if (isLast)
            {
                return;
            }
        }
    }

    private void WriteOnce(bool withStates)
    {
        // States first into memory, deliveries first to disk: what a state let go of is never on disk later than that state.
        var states = new List<(string Name, Func<KeptState?> Ask, KeptState? State)>();
        if (withStates)
        {
            foreach (string name in _dirty.Keys.ToArray())
            {
                if (_dirty.TryRemove(name, out var ask))
                {
                    states.Add((name, ask, ask()));
                }
            }
        }

        var records = new List<KeptDelivery>();
        while (_changes.Reader.TryRead(out var change))
        {
            records.Add(KeptDelivery.Of(change.Delivery, change.IsNew));
        }

        try
        {
            if (_isBehind || _log.IsLong)
            {
                _log.Rewrite(_all());
            }
            else if (records.Count > 0)
            {
                _log.Append(records);
            }

            _isBehind = false;
            foreach (var (name, _, state) in states)
            {
                Write(name, state);
            }
        }
        catch
        {
            // What could not be written is written whole when the disk takes it again.
            _isBehind = true;
            states.ForEach(s => _dirty.TryAdd(s.Name, s.Ask));
            throw;
        }
    }

    private void Write(string name, KeptState? state)
    {
        if (state is null)
        {
            File.Delete(StatePath(name));
        }
        else
        {
            KeptFile.Write(StatePath(name), JsonSerializer.SerializeToUtf8Bytes(state, KeptJson.Default.KeptState));
        }
    }

    private string StatePath(string name) => Path.Combine(_folder, StatesFolder, name + ".json");

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} damaged records of {File} are passed over")]
    private partial void LogDamaged(int count, string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "What waits for subscribers can't be kept in {Folder}: {Problem}")]
    private partial void LogDisk(string folder, string problem);
}
