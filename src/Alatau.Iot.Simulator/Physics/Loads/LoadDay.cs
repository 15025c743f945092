namespace Alatau.Iot.Simulator.Physics.Loads;

/// <summary>The load shapes of the date that is being simulated at a site, kept so that a device only interpolates. Not for several threads.</summary>
internal sealed class LoadDay(IReadOnlySet<(int Month, int Day)> holidays)
{
    private readonly double[]?[] days = new double[Enum.GetValues<LoadProfile>().Length][];
    private DateOnly date = DateOnly.MinValue;

    /// <summary>The shape's power for a customer of 1000 kWh a year, W, straight lines between the middles of the quarter hours.</summary>
    internal double Watts(LoadProfile profile, DateTime local)
    {
        var today = DateOnly.FromDateTime(local);
        if (today != date)
        {
            Array.Clear(days);
            date = today;
        }

        var day = days[(int)profile] ??= LoadShape.Of(profile).Day(today, holidays);
        var position = (local.TimeOfDay.TotalMinutes / 15.0) - 0.5;
        var before = (int)Math.Floor(position);
        var share = position - before;
        var first = day[Math.Max(before, 0)];
        var second = day[Math.Min(before + 1, LoadShape.QuarterHours - 1)];
        return first + ((second - first) * share);
    }
}
