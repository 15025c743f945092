using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Outages;

/// <summary>Who counts for a place, and whether it is dark.</summary>
public sealed partial class OutageJudge
{
    /// <summary>Marks the meters of open outages: for another group of meters they count as such that were heard until then.</summary>
    private void MarkOut()
    {
        Array.Clear(_isOut);
        foreach (var place in _map.Places)
        {
            if (!place.IsConnection && _places[place.Index] is { IsOpen: true, Into: not { IsConnection: true } } state)
            {
                foreach (int index in place.Meters)
                {
                    _isOut[index] |= _members[index].IsSilent && _members[index].EndsAt(place) >= state.Start;
                }
            }
        }
    }

    private bool IsDark(OutagePlace place, out OutageFinding found)
    {
        if (place.IsConnection && IsHeardItself(place))
        {
            return IsSilentItself(place, out found);
        }

        found = _group.Find(place, _members, _isOut, _explainedBy);
        if (found.Silent < place.Condition.AtLeast)
        {
            return false;
        }

        var start = found.Start;
        return IsReached(found.Silent, found.Heard, place.Condition.Share) && (place.IsConnection || (!IsBelowOnly(place) && IsWhollyDark(place, start, m => m.WentAt(start, place), place.Condition.Share)));
    }

    private bool IsStillDark(OutagePlace place, PlaceState state)
    {
        Recount(place, state);
        if (place.IsConnection && IsHeardItself(place))
        {
            return _members[place.Asset.Index].IsSilent;
        }

        var start = state.Start;
        double share = place.Condition.Share * LastingShare;
        return state.Silent > 0 && IsReached(state.Silent, state.Meters - state.Silent, share)
            && (place.IsConnection || (!IsBelowOnly(place) && IsWhollyDark(place, start, m => m.EndsAt(place) >= start, share)));
    }

    /// <summary>Who went after it began belongs to it as well.</summary>
    private void Recount(OutagePlace place, PlaceState state)
    {
        var start = state.Start;
        var (silent, heard, gasps) = Count(place.Meters, start, m => Belongs(in m, place, start), place.IsConnection);
        (state.Silent, state.Meters, state.Gasps) = (silent, silent + heard, gasps);
        state.Customers = 0;
        foreach (int index in place.Meters)
        {
            state.Customers += !place.IsConnection && !IsPassedOver(index) && _members[index].IsSilent && _members[index].EndsAt(place) >= start ? _map.CustomersOf(index) : 0;
        }

        state.Customers = place.IsConnection ? silent : state.Customers;
    }

    /// <summary>Every judged place below, and what hangs directly on it, has gone as well, as far as anybody there was heard.</summary>
    private bool IsWhollyDark(OutagePlace place, Instant start, Func<MemberState, bool> belongs, double share)
    {
        foreach (var child in place.Children)
        {
            var (silent, heard, _) = Count(child.Meters, start, belongs);
            if (!IsReached(silent, heard, share) || !IsWhollyDark(child, start, belongs, share))
            {
                return false;
            }
        }

        // One meter that hangs directly on it may have a battery, or be on the wrong page of the plan.
        var direct = place.Children.Count == 0 ? default : Count(place.DirectMeters, start, belongs);
        return direct.Silent + direct.Heard < place.Condition.AtLeast || IsReached(direct.Silent, direct.Heard, share);
    }

    /// <summary>All its meters are those of one place below, and its own meter is heard: then the place below is dark.</summary>
    private bool IsBelowOnly(OutagePlace place) =>
        _members[place.Asset.Index].Kind == OutageSignKind.Heard && place.Children.Any(c => c.MeterCount == place.MeterCount);

    /// <summary>Counts those that went together, and those that were heard until then: they still are, went later, or belong to another outage. Who was gone before counts for neither.</summary>
    private (int Silent, int Heard, int Gasps) Count(int[] meters, Instant start, Func<MemberState, bool> belongs, bool isConnection = false)
    {
        int silent = 0;
        int heard = 0;
        int gasps = 0;
        foreach (int index in meters)
        {
            ref readonly var member = ref _members[index];
            if (!isConnection && IsPassedOver(index))
            {
                continue;
            }

            if (member.IsSilent && belongs(member))
            {
                silent++;
                gasps += member.Kind == OutageSignKind.Gasp ? 1 : 0;
            }
            else if (member.Kind == OutageSignKind.Heard || (member.IsSilent && (member.At > start || _isOut[index])))
            {
                heard++;
            }
        }

        return (silent, heard, gasps);
    }

    private static bool IsReached(int silent, int heard, double share) => silent >= share * (silent + heard);
}
