using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Alarms;

/// <summary>One measurand watched for one rule: a threshold condition compiled for comparison.</summary>
/// <param name="Rule">Index of the rule in its plan.</param>
/// <param name="Index">Index of the watcher in its plan, where its state stands.</param>
/// <param name="Measurand">What is compared.</param>
/// <param name="Condition">The condition it comes from.</param>
internal sealed record AlarmWatcher(int Rule, int Index, MeasurandId Measurand, ThresholdCondition Condition)
{
    public bool IsHigh { get; } = Condition.IsHigh;

    public long OnDelayMilliseconds { get; } = (long)Condition.OnDelay.TotalMilliseconds;

    /// <summary>Limit and deadband for an asset; false when it lacks the rating they depend on.</summary>
    public bool TryLimit(double ratedWatts, out double limit, out double deadband)
    {
        double factor = Condition.IsShareOfRating ? ratedWatts : 1;
        limit = Condition.Limit * factor;
        deadband = Condition.Deadband * factor;
        return !Condition.IsShareOfRating || ratedWatts > 0;
    }

    public bool IsBeyond(double value, double limit) => IsHigh ? value >= limit : value <= limit;

    public bool IsCleared(double value, double limit, double deadband) => IsHigh ? value < limit - deadband : value > limit + deadband;
}
