using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Alarms;

/// <summary>A measurand that doesn't change although it is reported: a sensor that is stuck, or a gateway that repeats what it has.</summary>
/// <remarks>The first value that lies further than the resolution from the first of the unchanged ones is a change. A gap longer than the asset's silence begins anew.</remarks>
/// <param name="Measurand">What is looked at.</param>
/// <param name="Resolution">Largest difference that is no change, in the measurand's unit; not negative.</param>
/// <param name="For">Event time without a change after which it is frozen; more than zero.</param>
/// <param name="Readings">Fewest readings in that time; at least 2.</param>
/// <param name="Above">Only values whose amount is above this are judged, so that a plant that rests at zero isn't frozen; null judges all.</param>
public sealed record FrozenCondition(MeasurandId Measurand, double Resolution, TimeSpan For, int Readings, double? Above) : LimitCondition(Measurand, IsHigh: true)
{
    /// <summary>The time without a change, in milliseconds, is what is compared.</summary>
    public override IReadOnlyList<AlarmRung> Rungs => [new AlarmRung(null, new AlarmQuantity(For.TotalMilliseconds), default, TimeSpan.Zero, TimeSpan.Zero)];

    public bool Equals(FrozenCondition? other) => base.Equals(other) && (Resolution, For, Readings, Above) == (other.Resolution, other.For, other.Readings, other.Above);

    public override int GetHashCode() => HashCode.Combine(Measurand, Resolution, For, Readings, Above);
}
