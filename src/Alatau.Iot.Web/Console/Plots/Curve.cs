using System.Globalization;
using System.Text;

namespace Alatau.Iot.Web.Console.Plots;

/// <summary>Points on their way to an SVG path. A gap in time or a value that isn't finite breaks the line.</summary>
internal static class Curve
{
    /// <summary>Most points a path keeps; beyond it each column keeps its smallest and largest value, so that no peak is lost.</summary>
    private const int MaximumPoints = 1200;

    /// <summary>Empty slots of 20 s a sparkline crosses.</summary>
    private const int MaximumEmptySlots = 15;

    /// <summary>The line through equidistant values, first at x = 0 and last at <paramref name="width"/>; y grows downward.</summary>
    public static string Spark(ReadOnlySpan<float> values, double width, double height)
    {
        float low = float.PositiveInfinity;
        float high = float.NegativeInfinity;
        foreach (float value in values)
        {
            if (!float.IsNaN(value))
            {
                low = Math.Min(low, value);
                high = Math.Max(high, value);
            }
        }

        if (low > high)
        {
            return "";
        }

        // A value that hardly moves must not look like a storm: the axis spans at least 2 % of it.
        double span = Math.Max(high - low, Math.Max(Math.Abs(high), Math.Abs(low)) * 0.02);
        span = span == 0 ? 1 : span;
        double bottom = ((high + low) / 2) - (span / 2);
        var path = new StringBuilder();
        int gap = int.MaxValue;
        for (int i = 0; i < values.Length; i++)
        {
            if (float.IsNaN(values[i]))
            {
                gap = gap == int.MaxValue ? gap : gap + 1;
                continue;
            }

            double x = values.Length == 1 ? width : i * width / (values.Length - 1);
            double y = height - ((values[i] - bottom) / span * height);

            // Up to five minutes without a value are a device that reports seldom, not a gap.
            Append(path, gap > MaximumEmptySlots ? 'M' : 'L', x, y);
            gap = 0;
        }

        // A lone point has no line: a stroke of no length with round caps shows it.
        if (path.ToString().AsSpan().IndexOf('L') < 0)
        {
            path.Append("h0.01");
        }

        return path.ToString();
    }

    /// <summary>The line through points in time.</summary>
    /// <param name="points">Ascending in time.</param>
    /// <param name="breakAfter">Longest span between two points that the line crosses.</param>
    public static string Line(IReadOnlyList<PlotPoint> points, Func<long, double> x, Func<double, double> y, long breakAfter)
    {
        var path = new StringBuilder();
        long last = long.MinValue;
        int column = int.MinValue;
        bool thin = points.Count > MaximumPoints;
        double low = 0;
        double high = 0;
        foreach (var point in points)
        {
            if (!double.IsFinite(point.Value))
            {
                continue;
            }

            double px = x(point.At);
            bool breaks = last == long.MinValue || point.At - last > breakAfter;
            last = point.At;
            if (thin && !breaks && (int)px == column && point.Value >= low && point.Value <= high)
            {
                continue;
            }

            if (breaks || (int)px != column)
            {
                (low, high, column) = (point.Value, point.Value, (int)px);
            }

            (low, high) = (Math.Min(low, point.Value), Math.Max(high, point.Value));
            Append(path, breaks ? 'M' : 'L', px, y(point.Value));
        }

        return path.ToString();
    }

    /// <summary>The area between the points and a base line.</summary>
    public static string Area(IReadOnlyList<PlotPoint> points, Func<long, double> x, Func<double, double> y, long breakAfter, double floor)
    {
        var path = new StringBuilder();
        var run = new List<PlotPoint>();
        foreach (var point in points.Where(p => double.IsFinite(p.Value)))
        {
            if (run.Count > 0 && point.At - run[^1].At > breakAfter)
            {
                Close(path, run, x, y, floor);
            }

            run.Add(point);
        }

        Close(path, run, x, y, floor);
        return path.ToString();
    }

    private static void Close(StringBuilder path, List<PlotPoint> run, Func<long, double> x, Func<double, double> y, double floor)
    {
        if (run.Count > 1)
        {
            Append(path, 'M', x(run[0].At), floor);
            foreach (var point in run)
            {
                Append(path, 'L', x(point.At), y(point.Value));
            }

            Append(path, 'L', x(run[^1].At), floor);
            path.Append('Z');
        }

        run.Clear();
    }

    private static void Append(StringBuilder path, char command, double x, double y) =>
        path.Append(command).Append(x.ToString("0.#", CultureInfo.InvariantCulture)).Append(' ').Append(y.ToString("0.#", CultureInfo.InvariantCulture));
}
