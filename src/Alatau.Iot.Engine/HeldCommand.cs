using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Engine;

/// <summary>A person's request with a place among the messages of an inbox. What lies behind it waits until it may be carried out.</summary>
/// <param name="command">What is asked.</param>
/// <param name="release">Completes when it may be carried out; if it fails, it never is.</param>
internal sealed class HeldCommand(AlarmCommand command, Task release)
{
    private readonly TaskCompletionSource<AlarmCommandResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AlarmCommand Command => command;

    public Task<AlarmCommandResult> Task => _done.Task;

    /// <summary>Whether the shard need not wait for it any more.</summary>
    public bool IsDecided => release.IsCompleted;

    public bool IsReleased => release.IsCompletedSuccessfully;

    public void Complete(AlarmCommandResult result) => _done.TrySetResult(result);

    public void Fail(Exception reason) => _done.TrySetException(reason);
}
