using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Fleets;

/// <summary>A relation of two nodes while it holds. Of one relation a node has at most one at a time.</summary>
/// <param name="Relation">How they belong together.</param>
/// <param name="Child">The lower one: an asset or a place.</param>
/// <param name="Parent">The upper one: an asset or a place.</param>
/// <param name="From">Inclusive; <see cref="Instant.MinValue"/> when it always was.</param>
/// <param name="To">Exclusive; <see cref="Instant.MaxValue"/> when no end is known.</param>
public sealed record Link(LinkRelation Relation, AssetId Child, AssetId Parent, Instant From, Instant To)
{
    public bool Holds(Instant at) => at >= From && at < To;
}
