using Alatau.Iot.Core.Outages;

namespace Alatau.Iot.Engine;

/// <summary>A step of an outage, for one shard's part of it.</summary>
internal sealed class HeldOutage(OutageStep step, Task release) : HeldStep(release)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _done.Task;

    public override void Run(Shard shard)
    {
        shard.FollowReplay(step.At);
        shard.Carry(step);
        _done.TrySetResult();
    }

    public override void Fail(Exception reason) => _done.TrySetException(reason);
}
