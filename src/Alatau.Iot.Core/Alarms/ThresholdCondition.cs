using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Alarms;

/// <summary>A measurand at or past a limit, reading by reading.</summary>
/// <param name="Measurand">What is compared.</param>
/// <param name="IsHigh">True: the limit is an upper one. False: a lower one.</param>
/// <param name="Limit">In the measurand's canonical unit, or as <see cref="IsShareOfRating"/> says. With a <see cref="Ladder"/>: its mildest limit.</param>
/// <param name="Deadband">In the same unit, not negative.</param>
/// <param name="OnDelay">Event time during which readings must stay abnormal before the alarm is raised; zero raises at once. A gap doesn't count as time.</param>
public sealed record ThresholdCondition(MeasurandId Measurand, bool IsHigh, double Limit, double Deadband, TimeSpan OnDelay) : LimitCondition(Measurand, IsHigh)
{
    /// <summary>Limit and deadband are shares of the asset's rated power (1 = 100 %); an asset whose rating is unknown is not judged.</summary>
    public bool IsShareOfRating { get; init; }

    /// <summary>Several limits instead of the one; empty for that one.</summary>
    public IReadOnlyList<AlarmRung> Ladder { get; init; } = [];

    public override IReadOnlyList<AlarmRung> Rungs => Ladder.Count > 0 ? Ladder : [new AlarmRung(null, Of(Limit), Of(Deadband), OnDelay, TimeSpan.Zero)];

    public override bool ComparesValues => true;

    public bool Equals(ThresholdCondition? other) => base.Equals(other)
        && (Limit, Deadband, OnDelay, IsShareOfRating) == (other.Limit, other.Deadband, other.OnDelay, other.IsShareOfRating) && Ladder.SequenceEqual(other.Ladder);

    public override int GetHashCode() => HashCode.Combine(Measurand, IsHigh, Limit, Deadband, OnDelay);

    private AlarmQuantity Of(double number) => IsShareOfRating ? new AlarmQuantity(number, AlarmQuantity.RatedPower, "W", "W") : new AlarmQuantity(number);
}
