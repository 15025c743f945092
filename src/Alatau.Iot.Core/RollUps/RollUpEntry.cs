using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.RollUps;

/// <summary>The sum of one window of a branch while it is held: what can be added can be taken away again, but for the band, which corrections only widen.</summary>
internal struct RollUpEntry
{
    public Instant Start;
    public double Sum;
    public double Completeness;
    public double Minimum;
    public double Maximum;
    public int Members;
    public int Estimated;
    public int Uncertain;
    public int Readings;

    /// <summary>Of the next publication.</summary>
    public int Revision;

    /// <summary>Step at which it first changed since its publication.</summary>
    public int DirtySince;

    /// <summary>Step of its last change; negative when it is published as it is.</summary>
    public int ChangedAt;

    public readonly bool IsDirty => ChangedAt >= 0;

    public static RollUpEntry Of(Instant start) => new() { Start = start, Minimum = double.PositiveInfinity, Maximum = double.NegativeInfinity, ChangedAt = -1 };

    public void Add(in WindowSummary summary, double value)
    {
        Count(in summary, value, 1);
        Minimum = Math.Min(Minimum, summary.Minimum);
        Maximum = Math.Max(Maximum, summary.Maximum);
    }

    /// <returns>False when the band can't be known without asking all members: the one that was at its edge has drawn back.</returns>
    public bool Replace(in WindowSummary previous, double previousValue, in WindowSummary now, double value)
    {
        Count(in previous, previousValue, -1);
        Count(in now, value, 1);
        bool isKnown = !(previous.Minimum <= Minimum && now.Minimum > previous.Minimum) && !(previous.Maximum >= Maximum && now.Maximum < previous.Maximum);
        Minimum = Math.Min(Minimum, now.Minimum);
        Maximum = Math.Max(Maximum, now.Maximum);
        return isKnown;
    }

    public void Touch(int step)
    {
        if (!IsDirty)
        {
            DirtySince = step;
        }

        ChangedAt = step;
    }

    public readonly RollUpSummary Summary(int expected, bool hasSum, bool isCounter) => new(
        hasSum ? Sum : double.NaN,
        Members > 0 ? Sum / Members : double.NaN,
        isCounter || Members == 0 ? double.NaN : Minimum,
        isCounter || Members == 0 ? double.NaN : Maximum,
        Members,
        Math.Max(expected, Members),
        Estimated + Uncertain,
        Readings,
        expected > 0 || Members > 0 ? Math.Clamp(Completeness / Math.Max(expected, Members), 0, 1) : double.NaN,
        Revision,
        Uncertain > 0 ? Quality.Uncertain : Estimated > 0 ? Quality.Estimated : Quality.Good);

    private void Count(in WindowSummary summary, double value, int sign)
    {
        Sum += sign * value;
        Completeness += sign * (float.IsNaN(summary.Completeness) ? 1 : (double)summary.Completeness);
        Members += sign;
        Readings += sign * summary.Count;
        Estimated += summary.Quality == Quality.Estimated ? sign : 0;
        Uncertain += summary.Quality >= Quality.Uncertain ? sign : 0;
    }
}
