using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Simulator.Playing;

/// <summary>The devices that report at the same instants: multiples of their interval since the epoch, so that a feeder and its members are read together.</summary>
internal sealed class Cohort(TimeSpan interval)
{
    internal List<PlayedDevice> Devices { get; } = [];

    internal Instant Next { get; private set; }

    /// <summary>Finds the first instant at or after a moment.</summary>
    /// <param name="from">The moment, inclusive.</param>
    /// <param name="shortest">While catching up with the clock: no two instants are nearer than this.</param>
    internal void StartAt(Instant from, TimeSpan shortest)
    {
        var step = StepMilliseconds(shortest);
        var over = from.UnixMilliseconds % step;
        Next = over == 0 ? from : from + TimeSpan.FromMilliseconds(step - over);
    }

    internal void GoOn(TimeSpan shortest) => Next += TimeSpan.FromMilliseconds(StepMilliseconds(shortest));

    private long StepMilliseconds(TimeSpan shortest) => (long)Math.Max(interval.TotalMilliseconds, shortest.TotalMilliseconds);
}
