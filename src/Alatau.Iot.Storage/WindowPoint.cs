using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage;

/// <summary>A window as a point of a series.</summary>
internal static class WindowPoint
{
    /// <summary>The point's value is the mean of a gauge, the delta of a counter, the last value of a state.</summary>
    internal static SeriesPoint ToPoint(this in WindowSummary summary, Instant start, MeasurandKind kind)
    {
        double value = kind switch
        {
            MeasurandKind.Gauge => summary.Mean,
            MeasurandKind.Counter => summary.Delta,
            _ => summary.Last,
        };
        return new SeriesPoint(start, value, summary.Quality, summary);
    }
}
