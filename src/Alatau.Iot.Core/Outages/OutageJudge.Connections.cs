using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Outages;

/// <summary>Gateways and bridges: what is silent because nothing comes through them.</summary>
public sealed partial class OutageJudge
{
    private bool _takesAll;

    /// <summary>Whether a gateway or bridge gave a sign of its own, ever.</summary>
    private bool IsHeardItself(OutagePlace place) => _members[place.Asset.Index].Kind != OutageSignKind.None;

    private bool IsSilentItself(OutagePlace place, out OutageFinding found)
    {
        ref readonly var own = ref _members[place.Asset.Index];
        var start = own.At;
        var (silent, heard, gasps) = Count(place.Meters, start, m => Belongs(in m, place, start), isConnection: true);
        found = new OutageFinding(start, silent, heard, gasps, own.Interval);
        return own.IsSilent;
    }

    /// <summary>Whether a silent member's silence fits the loss of its place.</summary>
    /// <remarks>Of a connection: who was heard after it must have been gone has another way, or another cause.</remarks>
    private static bool Belongs(in MemberState member, OutagePlace place, Instant start) =>
        member.EndsAt(place) >= start && (!place.IsConnection || member.At <= place.LastHeard(start));

    /// <summary>Whether a silence counts for no outage of the mains, because the connection is its cause.</summary>
    private bool IsPassedOver(int index) => !_takesAll && _explainedBy[index] is not null;

    /// <summary>What is left of a connection that is back.</summary>
    private static PlaceState Lingering(OutagePlace place, PlaceState state, Instant now) => new() { Start = state.Start, HasGasped = state.HasGasped, LingersUntil = now + place.Condition.Stragglers };

    /// <summary>Whether a meter or device is among the silent ones of a place that is out.</summary>
    private bool IsCounted(int index, OutagePlace place, PlaceState state) => _members[index].IsSilent
        && Belongs(in _members[index], place, state.Start)
        && (place.IsConnection || state.Into is { IsConnection: true } || _explainedBy[index] is null);

    /// <summary>Finds the silences that gateways and bridges explain; of several in a row the uppermost.</summary>
    private void MarkExplained(Instant now)
    {
        Array.Clear(_explainedBy);
        foreach (var place in _map.Places)
        {
            var state = _places[place.Index];
            var own = _members[place.Asset.Index];
            bool lingers = !own.IsSilent && now < state.LingersUntil;
            if (place.IsConnection && (state.IsOpen || own.IsSilent || lingers))
            {
                state.HasGasped = own.Kind == OutageSignKind.Gasp || (state.HasGasped && !own.IsSilent);
                IsWaiting |= MarkExplained(place, state, state.IsOpen || lingers ? state.Start : own.At) && lingers;
            }
        }
    }

    /// <returns>Whether there was any.</returns>
    private bool MarkExplained(OutagePlace place, PlaceState state, Instant start)
    {
        bool isFed = state.IsFolded && state.Into is not { IsConnection: true };
        bool any = false;
        foreach (int index in place.Meters)
        {
            ref readonly var member = ref _members[index];
            if (!member.IsSilent || !Belongs(in member, place, start) || (isFed && _isOut[index]))
            {
                continue;
            }

            // A gasp that came through says that the connection was there.
            bool isOwnGasp = member.Kind == OutageSignKind.Gasp && IsHeardItself(place) && !(state.HasGasped && member.At >= start);
            if (!isOwnGasp && (_explainedBy[index] is not { } known || known.Parent == place))
            {
                _explainedBy[index] = place;
                any = true;
            }
        }

        return any;
    }

    /// <summary>The connection whose loss is why an open outage isn't one of the mains; null when it is over.</summary>
    private OutagePlace? Explanation(OutagePlace place, PlaceState state)
    {
        _takesAll = true;
        bool isSilent = IsStillDark(place, state);
        _takesAll = false;
        var cause = isSilent ? place.Meters.Select(m => _explainedBy[m]).FirstOrDefault(by => by is not null) : null;
        while (cause is { Parent: { } above } && (_places[above.Index].IsOpen || _members[above.Asset.Index].IsSilent))
        {
            cause = above;
        }

        return cause;
    }

    /// <summary>The outage of the mains that a gateway is part of, and whether one above it is being judged.</summary>
    private (OutagePlace? Cover, bool Waits) Feeding(OutagePlace place, OutagePlace? coveredBy, bool waitsAbove)
    {
        ref readonly var own = ref _members[place.Asset.Index];
        for (var above = _map.PlaceAbove(place.Asset); above is not null && coveredBy is null && own.IsSilent; above = above.Parent)
        {
            var state = _places[above.Index];
            waitsAbove |= !state.IsOpen && state.DarkSince is not null;
            if (state is { IsOpen: true, Into: not { IsConnection: true } } && own.EndsAt(above) >= state.Start)
            {
                coveredBy = state.Into ?? above;
            }
        }

        return (coveredBy, waitsAbove);
    }

    /// <summary>When it is known of all gateways between silent meters and the platform whether they are gone as well.</summary>
    private Instant KnownBy(OutagePlace place, PlaceState state)
    {
        long after = 0;
        foreach (int index in place.IsConnection ? [] : place.Meters)
        {
            if (_members[index].Kind == OutageSignKind.Silent && !IsPassedOver(index) && _map.Through(new AssetHandle(index)) is { } way)
            {
                after = Math.Max(after, way.KnownAfter + OutageMap.SlackMilliseconds);
            }
        }

        return new Instant(state.Start.UnixMilliseconds + after);
    }

    /// <remarks>One that never spoke itself leaves the mains time to be found the cause; one with another above it, its neighbours; a broker may be started anew.</remarks>
    private TimeSpan SettlingOfConnection(OutagePlace place, PlaceState state)
    {
        long within = (long)place.Condition.Within.TotalMilliseconds;
        bool isLone = place.Parent is null && _map.PlaceAbove(place.Asset) is null;
        return !IsHeardItself(place) ? TimeSpan.FromMilliseconds(2 * OutageMap.SettleMilliseconds(within, state.Interval))
            : place.Cause == OutageCause.Broker ? place.Condition.Within
            : isLone ? TimeSpan.Zero
            : TimeSpan.FromMilliseconds(within + state.Interval);
    }
}
