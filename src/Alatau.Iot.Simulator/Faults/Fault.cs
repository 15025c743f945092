using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Simulator.Faults;

/// <summary>One thing that goes wrong with some devices for a span of simulated time. Immutable.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Assets">Whom it strikes.</param>
/// <param name="CountsFromLive">True: <paramref name="From"/> counts from the moment the scenario catches up with the clock. False: from its start.</param>
/// <param name="From">Begin, inclusive.</param>
/// <param name="Span">Length; the end is exclusive.</param>
/// <param name="Offset">Of a shifted clock; positive is ahead.</param>
/// <param name="Measurand">Of a scaled value; also every phase of it when named without suffix.</param>
/// <param name="Factor">Of a scaled value.</param>
public sealed record Fault(
    FaultKind Kind, IReadOnlySet<AssetId> Assets, bool CountsFromLive, TimeSpan From, TimeSpan Span, TimeSpan Offset, string? Measurand, double Factor);
