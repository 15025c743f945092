using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Alarms;

/// <summary>How the numbers that a person wrote as limits become what is compared.</summary>
/// <param name="Subject">What is compared, for people.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Scale">Factor to that unit.</param>
/// <param name="Offset">Added after the factor; differences have none.</param>
/// <param name="Minimum">Smallest value there can be.</param>
/// <param name="Maximum">Largest value there can be.</param>
internal sealed record LimitScale(string Subject, string Unit, double Scale, double Offset, double Minimum, double Maximum)
{
    /// <summary>Limits are differences: never negative, without offset.</summary>
    public bool IsDifference { get; init; }

    /// <summary>Plain numbers are shares of the rated power.</summary>
    public bool IsShareOfRating { get; init; }

    /// <summary>Values of a measurand.</summary>
    public static LimitScale Of(Measurand measurand, double scale, double offset) => new(measurand.Name, measurand.Unit, scale, offset, measurand.Minimum, measurand.Maximum);

    /// <summary>A limit; the number is as the file has it.</summary>
    public AlarmQuantity Limit(double number) => IsShareOfRating
        ? new AlarmQuantity(number, AlarmQuantity.RatedPower, "W", Unit)
        : new AlarmQuantity((number * Scale) + (IsDifference ? 0 : Offset), null, Unit, Unit);

    /// <summary>A deadband.</summary>
    public AlarmQuantity Difference(double number) => IsShareOfRating
        ? new AlarmQuantity(number, AlarmQuantity.RatedPower, "W", Unit)
        : new AlarmQuantity(number * Math.Abs(Scale), null, Unit, Unit);

    public bool Reaches(AlarmQuantity limit) => limit.Attribute is not null || (limit.Number >= Minimum && limit.Number <= Maximum);
}
