using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Engine;

/// <summary>The platform listened up to an instant, or, as a start, could listen to nobody before it.</summary>
internal sealed class HeldTime(Instant at, bool isStart, Task release) : HeldStep(release)
{
    public override void Run(Shard shard)
    {
        if (isStart)
        {
            shard.ListenAgain(Instant.MinValue, at, goesLive: false);
        }
        else
        {
            shard.JudgeTime(at);
        }
    }

    public override void Fail(Exception reason)
    {
        // Nobody waits for it: what it would have judged is asked for again.
    }
}
