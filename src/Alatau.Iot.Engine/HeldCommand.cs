using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Engine;

/// <summary>A person's request.</summary>
internal sealed class HeldCommand(AlarmCommand command, Task release) : HeldStep(release)
{
    private readonly TaskCompletionSource<AlarmCommandResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<AlarmCommandResult> Task => _done.Task;

    public override int Asset => command.Asset.Index;

    public override void Run(Shard shard)
    {
        shard.FollowReplay(command.At);
        _done.TrySetResult(shard.Carry(command));
    }

    public override void Fail(Exception reason) => _done.TrySetException(reason);
}
