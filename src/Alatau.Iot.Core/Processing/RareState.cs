using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Core.Processing;

/// <summary>Parts of an <see cref="AssetState"/> that few assets need, so that the others don't pay a field for each.</summary>
internal sealed class RareState
{
    /// <summary>Recent instants of slots 16 and up, eight words for each sixteen slots.</summary>
    public ulong[] MoreRecent = [];

    /// <summary>Latest values of the slots that are <see cref="SlotState.IsLatestApart"/>, by slot.</summary>
    public LatestReading[] Apart = [];

    /// <summary>What conditions of the rate, frozen and window kinds remember, by <see cref="AlarmSource.Trace"/>; empty when no such rule applies.</summary>
    public AlarmTrace?[] Traces = [];
}
