using System.Runtime.InteropServices;

namespace Alatau.Iot.Host.Commands;

/// <summary>Turns Ctrl+C and SIGTERM into a token, so that a command drains before it ends. A second Ctrl+C ends at once.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public StopSignal()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = !_stop.IsCancellationRequested;
        if (!_stop.IsCancellationRequested)
        {
            // The handlers of the token only flip states; nothing waits in them.
            _stop.Cancel();
        }
    }
}
