namespace Alatau.Iot.Ingest.Journal;

/// <summary>Wakes everyone who waits, each time something has changed. Any thread.</summary>
internal sealed class AsyncSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiters;

    /// <summary>Completes when the condition holds: it is asked now, and after each <see cref="Pulse"/>.</summary>
    public async ValueTask WaitUntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
        {
            Task pulse;
            lock (_gate)
            {
                _waiters ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                pulse = _waiters.Task;
            }

            // Asked again after the note was left: a pulse between the two would have been missed.
            if (condition())
            {
                return;
            }

            await pulse.WaitAsync(cancellationToken);
        }
    }

    public void Pulse()
    {
        TaskCompletionSource? waiters;
        lock (_gate)
        {
            waiters = _waiters;
            _waiters = null;
        }

        waiters?.TrySetResult();
    }
}
