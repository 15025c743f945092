using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>Who hears of every commit. Any thread adds and ends; the committer tells.</summary>
internal sealed partial class CommitListeners(ILogger log)
{
    private readonly Lock _gate = new();
    private volatile Action<long>[] _listeners = [];

    public IDisposable Add(Action<long> listener)
    {
        lock (_gate)
        {
            _listeners = [.. _listeners, listener];
        }

        return new Registration(this, listener);
    }

    public void Tell(long position)
    {
        foreach (var listener in _listeners)
        {
            try
            {
                listener(position);
            }
            catch (Exception error)
            {
                // The others still have to hear of it.
                LogFailed(log, error);
            }
        }
    }

    private void Remove(Action<long> listener)
    {
        lock (_gate)
        {
            int at = Array.IndexOf(_listeners, listener);
            _listeners = [.. _listeners[..at], .. _listeners[(at + 1)..]];
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A listener of the journal's commits has failed.")]
    private static partial void LogFailed(ILogger log, Exception error);

    private sealed class Registration(CommitListeners listeners, Action<long> listener) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                listeners.Remove(listener);
            }
        }
    }
}
