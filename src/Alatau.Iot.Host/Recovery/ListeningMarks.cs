using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Ingest.Pipeline;

namespace Alatau.Iot.Host.Recovery;

/// <summary>Writes into the journal when the platform began to listen, and, when time alone is about to move an alarm, that it still does.</summary>
/// <remarks>
/// So a replay finds the silence alarms that were raised before a kill, each at its place among the messages, and counts none of our own absence as a device's silence. While the journal takes nothing, nobody is heard
/// either, and no alarm comes of time; when it takes again, silence counts anew from there.
/// </remarks>
internal sealed class ListeningMarks(MessageJournal journal, TimeProvider clock) : IListeningLog, IAsyncDisposable
{
    private readonly SemaphoreSlim _asked = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private int _isAsked;
    private bool _wasDeaf;

    /// <summary>Called when the platform listens again after it could hear nobody; while the road is at rest, so it must not take its time.</summary>
    public Action? HeardAgain { get; set; }

    public void Ask(Instant now)
    {
        if (Interlocked.Exchange(ref _isAsked, 1) == 0)
        {
            _asked.Release();
        }
    }

    /// <summary>The platform listens from <paramref name="now"/> on. Completes when that is on disk.</summary>
    /// <returns>False when the journal doesn't take it.</returns>
    public async ValueTask<bool> StartAsync(Instant now, CancellationToken cancellationToken)
    {
        if (!journal.TryAppend(new JournalRecord { Kind = JournalKind.Start, ReceivedAt = now }, out long position))
        {
            return false;
        }

        await journal.WaitForCommitAsync(position, cancellationToken);
        return true;
    }

    /// <summary>Answers what is asked from now on.</summary>
    public void Answer(TelemetryRoad road, AssetEngine engine) => _loop = Task.Run(async () =>
    {
        while (true)
        {
            await _asked.WaitAsync(_stop.Token);
            Volatile.Write(ref _isAsked, 0);
            road.AtRest(() => Mark(engine));
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _asked.Dispose();
    }

    /// <summary>Nobody else posts meanwhile, so the room there is stays.</summary>
    private bool Mark(AssetEngine engine)
    {
        var now = Instant.Now(clock);
        if (!engine.HasRoomEverywhere)
        {
            return false;
        }

        var kind = _wasDeaf ? JournalKind.Start : JournalKind.Time;
        _wasDeaf = !journal.TryAppend(new JournalRecord { Kind = kind, ReceivedAt = now }, out long position);
        bool isPosted = !_wasDeaf && engine.TryPostTime(now, kind == JournalKind.Start, journal.WaitForCommitAsync(position, CancellationToken.None).AsTask());
        if (isPosted && kind == JournalKind.Start)
        {
            HeardAgain?.Invoke();
        }

        return isPosted;
    }
}
