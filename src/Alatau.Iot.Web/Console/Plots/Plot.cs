using System.Globalization;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Console.Plots;

/// <summary>A plot ready to be drawn: paths in a box of <see cref="Size"/> by <see cref="Size"/>, which the page stretches, and labels in percent of it.</summary>
public sealed class Plot
{
    /// <summary>Edge of the box that paths are drawn in.</summary>
    public const double Size = 1000;

    private static readonly (long Span, long Step)[] s_steps =
    [
        (6 * 60_000, 60_000), (16 * 60_000, 3 * 60_000), (61 * 60_000, 10 * 60_000), (3 * 3_600_000L, 30 * 60_000),
        (6 * 3_600_000L, 3_600_000), (12 * 3_600_000L, 2 * 3_600_000), (long.MaxValue, 3 * 3_600_000),
    ];

    /// <summary>Builds the plot of a span.</summary>
    /// <param name="label">What a screen reader says.</param>
    /// <param name="from">Left edge.</param>
    /// <param name="to">Right edge.</param>
    /// <param name="zone">Zone of the time labels.</param>
    /// <param name="breakAfter">Longest span between two points that a line crosses.</param>
    /// <param name="marks">What happened; those outside the span are left out.</param>
    public Plot(
        string label, string unit, Instant from, Instant to, TimeZoneInfo zone, IReadOnlyList<PlotSeries> series, IReadOnlyList<PlotLimit> limits, TimeSpan breakAfter, bool fromZero, IReadOnlyList<PlotMark>? marks = null)
    {
        Label = label;
        (double low, double high) = Range(series, limits, fromZero);
        (Low, High, YTicks) = Ticks(low, high, unit);
        double X(long at) => (at - from.UnixMilliseconds) * Size / (to.UnixMilliseconds - from.UnixMilliseconds);
        double Y(double value) => Size - ((value - Low) / (High - Low) * Size);
        long gap = (long)breakAfter.TotalMilliseconds;
        Areas = [.. series.Where(s => s.IsArea).Select(s => (s.Class, Curve.Area(s.Points, X, Y, gap, Y(Math.Max(Low, Math.Min(0, High))))))];
        Lines = [.. series.Select(s => (s.Class, Curve.Line(s.Points, X, Y, gap)))];
        Limits = [.. limits.Where(l => l.Value >= Low && l.Value <= High).Select(l => (Percent(Y(l.Value)), l))];
        Marks = Spread(marks ?? [], from, to, X);
        XTicks = TimeTicks(from, to, zone, X);
        IsEmpty = series.All(s => !s.Points.Any(p => double.IsFinite(p.Value)));
    }

    public string Label { get; }

    public bool IsEmpty { get; }

    public double Low { get; }

    public double High { get; }

    public IReadOnlyList<(string Class, string Path)> Areas { get; }

    public IReadOnlyList<(string Class, string Path)> Lines { get; }

    /// <summary>Height in percent from the top, and the label.</summary>
    public IReadOnlyList<(string Y, string Text)> YTicks { get; }

    public IReadOnlyList<(string X, string Text)> XTicks { get; }

    /// <summary>Height in percent from the top, of those that the axis reaches.</summary>
    public IReadOnlyList<(string Y, PlotLimit Limit)> Limits { get; }

    /// <summary>Place in percent from the left, the label, and whether it stands so far right that its label must stand left of it.</summary>
    public IReadOnlyList<(string X, string Text, bool IsAtEnd)> Marks { get; }

    private static string Percent(double position) => (position * 100 / Size).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    /// <summary>Marks closer together than a label is wide keep their lines, and the first its label.</summary>
    private static List<(string X, string Text, bool IsAtEnd)> Spread(IReadOnlyList<PlotMark> marks, Instant from, Instant to, Func<long, double> x)
    {
        var spread = new List<(string X, string Text, bool IsAtEnd)>();
        double labelled = double.NegativeInfinity;
        foreach (var mark in marks.Where(m => m.At >= from.UnixMilliseconds && m.At <= to.UnixMilliseconds).OrderBy(m => m.At))
        {
            double position = x(mark.At);
            bool hasRoom = position - labelled > Size * 0.12;
            spread.Add((Percent(position), hasRoom ? mark.Text : "", position > Size * 0.9));
            labelled = hasRoom ? position : labelled;
        }

        return spread;
    }

    private static (double Low, double High) Range(IReadOnlyList<PlotSeries> series, IReadOnlyList<PlotLimit> limits, bool fromZero)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        foreach (double value in series.SelectMany(s => s.Points).Select(p => p.Value).Where(double.IsFinite))
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (low > high)
        {
            return (0, 1);
        }

        if (fromZero)
        {
            (low, high) = (Math.Min(low, 0), Math.Max(high, 0));
        }

        // A limit is drawn when the values come near it: within their own span, or 15 % of the limit.
        foreach (var limit in limits)
        {
            double near = Math.Max(high - low, Math.Abs(limit.Value) * 0.15);
            if (limit.Value > high && limit.Value - high <= near)
            {
                high = limit.Value + ((limit.Value - low) * 0.04);
            }
            else if (limit.Value < low && low - limit.Value <= near)
            {
                low = limit.Value - ((high - limit.Value) * 0.04);
            }
        }

        double least = Math.Max(Math.Abs(high), Math.Abs(low)) * 0.01;
        return high - low < least ? (low - least, high + least) : (low, high == 0 && low == 0 ? 1 : high);
    }

    private static (double Low, double High, IReadOnlyList<(string Y, string Text)> Ticks) Ticks(double low, double high, string unit)
    {
        double raw = Math.Max((high - low) / 4, 1e-9);
        double magnitude = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = magnitude * ((raw / magnitude) switch { <= 1 => 1, <= 2 => 2, <= 2.5 => 2.5, <= 5 => 5, _ => 10 });
        double bottom = Math.Floor(low / step) * step;
        double top = Math.Ceiling(high / step) * step;
        top = top <= bottom ? bottom + step : top;
        var ticks = new List<(string Y, string Text)>();
        for (int i = 0; bottom + (i * step) <= top + (step / 2); i++)
        {
            double value = Math.Round((bottom + (i * step)) / step) * step;
            ticks.Add((Percent(Size - ((value - bottom) / (top - bottom) * Size)), TickText(value, step, Math.Max(Math.Abs(top), Math.Abs(bottom)), unit)));
        }

        return (bottom, top, ticks);
    }

    /// <summary>All ticks of an axis carry the same prefix and as many digits as the step needs.</summary>
    private static string TickText(double value, double step, double largest, string unit)
    {
        double factor = 1;
        string prefix = "";
        if (unit is "W" or "Wh" or "var" or "VA")
        {
            (factor, prefix) = largest switch
            {
                >= 1e9 => (1e9, "G"),
                >= 1e6 => (1e6, "M"),
                >= 1e3 => (1e3, "k"),
                _ => (1, ""),
            };
        }

        int decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(step / factor) - 1e-9), 0, 6);
        decimals += Math.Abs((step / factor * Math.Pow(10, decimals)) - Math.Round(step / factor * Math.Pow(10, decimals))) > 1e-6 ? 1 : 0;
        string number = (value / factor).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).Replace('-', '\u2212');
        return new Figure(number, prefix + Figure.Symbol(unit)).ToString();
    }

    private static List<(string X, string Text)> TimeTicks(Instant from, Instant to, TimeZoneInfo zone, Func<long, double> x)
    {
        long span = to.UnixMilliseconds - from.UnixMilliseconds;
        long step = s_steps.First(s => span <= s.Span).Step;
        long offset = (long)zone.GetUtcOffset(to.ToDateTimeOffset()).TotalMilliseconds;
        long first = ((from.UnixMilliseconds + offset) / step * step) + step - offset;
        var ticks = new List<(string X, string Text)>();
        for (long at = first; at < to.UnixMilliseconds; at += step)
        {
            // Labels at the very edges would be cut.
            double position = x(at) / Size;
            if (position is > 0.02 and < 0.98)
            {
                ticks.Add((Percent(x(at)), TimeZoneInfo.ConvertTime(new Instant(at).ToDateTimeOffset(), zone).ToString("HH:mm", CultureInfo.InvariantCulture)));
            }
        }

        return ticks;
    }
}
