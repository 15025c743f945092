using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.RollUps;

/// <summary>The windows of one branch over a half-open span.</summary>
/// <param name="Node">Id of the branch's node.</param>
/// <param name="Members">What the assets in it are.</param>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Limit">Most points in one page, at least 1.</param>
public sealed record RollUpQuery(string Node, NodeKind Members, MeasurandId Measurand, WindowSpan Span, Instant From, Instant To, int Limit);

/// <summary>One page of a branch's windows.</summary>
/// <param name="Points">Oldest first.</param>
/// <param name="Next">Where the next page starts; null when this was the last.</param>
public sealed record RollUpPage(IReadOnlyList<RollUpPoint> Points, Instant? Next);

/// <param name="At">Start of the window.</param>
public readonly record struct RollUpPoint(Instant At, RollUpSummary Summary);
