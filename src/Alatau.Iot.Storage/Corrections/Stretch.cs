using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Corrections;

/// <summary>Whole hours of one measurand whose windows are to be made again; every span's windows lie within an hour.</summary>
/// <param name="FromHour">Hours since 1970, inclusive.</param>
/// <param name="ToHour">Exclusive.</param>
/// <param name="NewestAt">Newest reading of the measurand when it was last reopened.</param>
/// <param name="AlsoHeld">Whether the windows that hold <paramref name="NewestAt"/> are to be offered to the asset, too.</param>
internal readonly record struct Stretch(MeasurandId Measurand, int FromHour, int ToHour, Instant NewestAt, bool AlsoHeld)
{
    internal const long HourMilliseconds = 3_600_000;

    internal Instant From => new(FromHour * HourMilliseconds);

    internal Instant To => new(ToHour * HourMilliseconds);

    internal bool Touches(in Stretch other) => Measurand == other.Measurand && FromHour <= other.ToHour && other.FromHour <= ToHour;

    internal Stretch With(in Stretch other) => this with
    {
        FromHour = Math.Min(FromHour, other.FromHour),
        ToHour = Math.Max(ToHour, other.ToHour),
        NewestAt = Instant.Max(NewestAt, other.NewestAt),
        AlsoHeld = AlsoHeld | other.AlsoHeld,
    };
}
