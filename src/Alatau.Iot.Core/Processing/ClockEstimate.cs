using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Processing;

/// <summary>How far a device's clock is ahead of ours: a running median of stamp minus arrival, in four bytes an asset.</summary>
/// <remarks>
/// The estimate moves toward each sample by at most a second, or a quarter of itself (a frugal median): one message that was held up moves it little, whatever its delay, and three to seven minutes of messages find
/// a clock that is off by a minute to five. At most one sample is taken in <see cref="BucketMilliseconds"/> of arrivals, so that a backlog that comes at once counts once.
/// </remarks>
internal static class ClockEstimate
{
    /// <summary>Length of the buckets of arrival; of each the first message is a sample.</summary>
    internal const int BucketMilliseconds = 16_384;

    /// <summary>From here on the estimate is told as a reading, and from then on with every sample.</summary>
    internal const int ToldFromMilliseconds = 20_000;

    private const long SmallestStep = 1000;

    /// <param name="lastArrival">Arrival of the message before; <see cref="Instant.MinValue"/> for none.</param>
    public static bool IsDue(Instant lastArrival, Instant arrival) =>
        lastArrival == Instant.MinValue || arrival.UnixMilliseconds / BucketMilliseconds != lastArrival.UnixMilliseconds / BucketMilliseconds;

    /// <param name="estimate">In milliseconds, positive when the device's clock is ahead.</param>
    /// <param name="sample">Stamp minus arrival.</param>
    /// <returns>The next estimate.</returns>
    public static int Move(int estimate, TimeSpan sample)
    {
        long step = Math.Max(SmallestStep, Math.Abs((long)estimate) / 4);
        long way = Math.Clamp((long)Math.Clamp(sample.TotalMilliseconds, int.MinValue, int.MaxValue) - estimate, -step, step);
        return (int)Math.Clamp(estimate + way, int.MinValue + 1, int.MaxValue);
    }
}
