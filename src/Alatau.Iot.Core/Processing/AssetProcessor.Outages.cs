using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Processing;

/// <summary>The asset's part in outages, as a place and as a member.</summary>
public sealed partial class AssetProcessor
{
    /// <summary>Carries out a step of an outage at its place.</summary>
    public AssetUpdate Outage(AssetState place, OutageStep step)
    {
        _update.Reset(place.Handle, step.At, 0, 0);
        _judge.OnOutage(place, step);
        _update.NextDeadline = NextDeadline(place);
        return _update;
    }

    /// <summary>Carries out a step of an outage at an asset below its place, or at the place as one that may be silent itself.</summary>
    public AssetUpdate OutageAbove(AssetState member, OutageStep step)
    {
        _update.Reset(member.Handle, step.At, 0, 0);
        _judge.OnOutageAbove(member, step);
        _update.NextDeadline = NextDeadline(member);
        return _update;
    }

    /// <summary>The asset's latest sign for the judgement of outages; from here on it gives the next.</summary>
    public OutageSign SignOf(AssetState state, Instant now) => _judge.SignOf(state, now);

    /// <summary>The outage that the asset, as a place, has; null for none.</summary>
    public (Instant Start, bool IsFolded)? OutageOf(AssetState state) => _judge.OutageOf(state);
}
