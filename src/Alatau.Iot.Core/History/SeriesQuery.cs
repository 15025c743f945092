using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.History;

/// <summary>One measurand of one asset over a half-open span.</summary>
/// <param name="Asset">Which asset.</param>
/// <param name="Measurand">Which measurand.</param>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Span">Which windows; null for raw readings.</param>
/// <param name="Limit">Most points in one page, at least 1.</param>
public sealed record SeriesQuery(AssetId Asset, MeasurandId Measurand, Instant From, Instant To, WindowSpan? Span, int Limit);

/// <summary>One page of a series.</summary>
/// <param name="Points">Oldest first.</param>
/// <param name="Next">Where the next page starts; null when this was the last.</param>
public sealed record SeriesPage(IReadOnlyList<SeriesPoint> Points, Instant? Next);

/// <summary>One point of a series.</summary>
/// <param name="At">MeasuredAt of a reading, or the start of a window.</param>
/// <param name="Value">The reading's value; of a window the mean (gauge), the delta (counter) or the last value (state).</param>
/// <param name="Quality">Of the reading, or the worst in the window.</param>
/// <param name="Summary">The window's summary; null for a reading.</param>
public readonly record struct SeriesPoint(Instant At, double Value, Quality Quality, WindowSummary? Summary);
