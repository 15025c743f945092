namespace Alatau.Iot.Storage.Outbox;

/// <summary>Something happened: whoever asked before is told. Take <see cref="Next"/>, look, then wait.</summary>
internal sealed class Signal
{
    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next <see cref="Pulse"/>.</summary>
    internal Task Next => _next.Task;

    internal void Pulse() => Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
