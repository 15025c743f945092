using System.Threading.Tasks.Sources;

namespace Alatau.Iot.Mqtt.Transport;

/// <summary>An auto-reset signal for one waiter, without an allocation per wait. Setting it twice before a wait counts once.</summary>
internal sealed class AsyncSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Raised = 2;

    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Completes at the next <see cref="Set"/>, at once when it was set since the last wait. One waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        lock (_gate)
        {
            if (_state == Raised)
            {
                Volatile.Write(ref _state, Idle);
                return ValueTask.CompletedTask;
            }

            _core.Reset();
            Volatile.Write(ref _state, Waiting);
            return new ValueTask(this, _core.Version);
        }
    }

    public void Set()
    {
        if (Volatile.Read(ref _state) == Raised)
            return;
        lock (_gate)
        {
            if (_state == Waiting)
            {
                Volatile.Write(ref _state, Idle);
                // Under the gate: a waiter may see the result before SetResult has returned, and must not reset the core under its feet.
                _core.SetResult(true);
            }
            else
            {
                Volatile.Write(ref _state, Raised);
            }
        }
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);
}
