using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Topologies;

/// <summary>What is above a node while it is.</summary>
internal readonly record struct DatedParent(int Parent, Instant From, Instant To);
