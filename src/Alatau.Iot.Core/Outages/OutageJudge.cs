using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Outages;

/// <summary>Finds out of many silences the outages that are their cause. Pure: no clock, no I/O; one thread at a time.</summary>
/// <remarks>
/// <para><b>Together.</b> A silent meter went at some instant between its last measurement and the next one that didn't come; a last gasp says when. Meters went together when, with <c>Within</c> to spare, one instant fits
/// all of them. The instant that fits most is the start of the outage: the last measurement of any of them, or the gasp.</para>
/// <para><b>Where.</b> A place is dark when the share of its meters that went together is reached, of those heard until then, and each judged place below it, and what hangs directly on it, is dark as well: one feeder
/// alive means the transformer is alive, however large the other feeder. What of two places with the same meters is dark is said by the upper one's own meter: if it is still heard, the lower one. The highest dark
/// place has the outage; those below are folded into it.</para>
/// <para><b>When.</b> A dark place waits for <c>Within</c> and a quarter of the reporting interval, so that others can still join and a wider place may turn dark; not when nothing can change any more. An outage lasts
/// until fewer than half of the share are silent, so that it doesn't flutter while meters come back.</para>
/// Between two calls of <see cref="Judge"/> the order of signs doesn't matter, except for those of one asset.
/// </remarks>
public sealed class OutageJudge
{
    private const double LastingShare = 0.5;

    private readonly OutageMap _map;
    private readonly MemberState[] _members;
    private readonly PlaceState[] _places;
    private readonly OutageGroup _group = new();
    private readonly bool[] _isOut;
    private readonly List<OutageChange> _ends = [];
    private bool _isDirty;

    public OutageJudge(OutageMap map)
    {
        _map = map;
        _members = new MemberState[map.Size];
        _isOut = new bool[map.Size];
        _places = new PlaceState[map.Places.Count];
        for (int i = 0; i < _places.Length; i++)
        {
            _places[i] = new PlaceState();
        }
    }

    /// <summary>Whether time alone may bring something about: <see cref="Judge"/> is to be called again soon.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Whether a sign came since the last <see cref="Judge"/>.</summary>
    public bool IsDirty => _isDirty;

    /// <summary>Takes a sign of an asset; those of assets outside the map are ignored.</summary>
    public void Take(AssetHandle asset, OutageSign sign)
    {
        if (!_map.Has(asset) || sign.Kind == OutageSignKind.None)
        {
            return;
        }

        ref var member = ref _members[asset.Index];
        bool wasSilent = member.IsSilent;
        member = new MemberState(sign.Kind, sign.At, sign.IntervalMilliseconds, sign.DeafMilliseconds);
        _isDirty = true;
        if (member.IsSilent && !wasSilent)
        {
            for (var place = PlaceAbove(asset); place is not null; place = place.Parent)
            {
                _places[place.Index].HasJoined = true;
            }
        }
    }

    /// <summary>Takes over an outage that is open already: after a start.</summary>
    /// <param name="start">When it began.</param>
    /// <param name="isFolded">Whether its alarm is suppressed by a wider outage.</param>
    public void Restore(OutagePlace place, Instant start, bool isFolded)
    {
        // A folded one finds its wider outage at the next judgement.
        _places[place.Index] = new PlaceState { IsOpen = true, Start = start, IsFolded = isFolded, HasJoined = true };
        _isDirty = true;
    }

    /// <summary>Forgets all it knows: what follows is a new census.</summary>
    public void Clear()
    {
        Array.Clear(_members);
        for (int i = 0; i < _places.Length; i++)
        {
            _places[i] = new PlaceState();
        }

        _isDirty = true;
    }

    /// <summary>Judges what is known now; what is to happen is added to <paramref name="changes"/> in the order in which it is to happen.</summary>
    public void Judge(Instant now, List<OutageChange> changes)
    {
        IsWaiting = false;
        _isDirty = false;
        _ends.Clear();
        MarkOut();
        foreach (var place in _map.Places)
        {
            if (place.Parent is null)
            {
                Walk(place, null, false, false, now, changes);
            }
        }

        changes.AddRange(_ends);
    }

    /// <summary>The outage of a place; null when it has none.</summary>
    public OutageView? View(OutagePlace place)
    {
        var state = _places[place.Index];
        return state.IsOpen ? new OutageView(place, state.Start, state.Customers, state.Worst, state.Silent, state.Meters, state.Gasps, state.Into) : null;
    }

    /// <summary>Meters of a place that are silent in its outage.</summary>
    public IReadOnlyList<AssetHandle> SilentMeters(OutagePlace place, int most)
    {
        var state = _places[place.Index];
        return state.IsOpen ? [.. place.Meters.Where(m => _members[m].IsSilent && _members[m].EndsAt(place) >= state.Start).Take(most).Select(m => new AssetHandle(m))] : [];
    }

    /// <param name="coveredBy">The outage that covers it; null for none.</param>
    /// <param name="waitsAbove">A place above is dark and waits.</param>
    /// <param name="endsAbove">An outage above has just ended: what is left of it is one at once.</param>
    private void Walk(OutagePlace place, OutagePlace? coveredBy, bool waitsAbove, bool endsAbove, Instant now, List<OutageChange> changes)
    {
        var state = _places[place.Index];
        bool isDark = state.IsOpen ? IsStillDark(place, state) : IsDark(place, out var found) && Keep(state, found);
        if (!isDark)
        {
            state.DarkSince = null;
            if (state.IsOpen)
            {
                _ends.Add(Change(OutageAction.End, place, state, null));
                _places[place.Index] = new PlaceState();
                endsAbove = true;
            }
        }
        else if (state.IsOpen)
        {
            Continue(place, state, coveredBy, waitsAbove, changes);
        }
        else if (coveredBy is null && !waitsAbove)
        {
            state.DarkSince ??= now;
            if (endsAbove || now - state.DarkSince.Value >= Settling(place, state))
            {
                Recount(place, state);
                (state.IsOpen, state.HasJoined, state.Worst) = (true, false, state.Customers);
                changes.Add(Change(OutageAction.Begin, place, state, null));
            }
            else
            {
                IsWaiting = true;
            }
        }

        state = _places[place.Index];
        var covers = coveredBy ?? (state.IsOpen ? place : null);
        bool waits = waitsAbove || (isDark && !state.IsOpen && coveredBy is null);
        foreach (var child in place.Children)
        {
            Walk(child, covers, waits, endsAbove, now, changes);
        }
    }

    private static void Continue(OutagePlace place, PlaceState state, OutagePlace? coveredBy, bool waitsAbove, List<OutageChange> changes)
    {
        state.Worst = Math.Max(state.Worst, state.Customers);
        if (coveredBy is not null)
        {
            state.Into = coveredBy;
            if (!state.IsFolded)
            {
                state.IsFolded = true;
                changes.Add(Change(OutageAction.Fold, place, state, coveredBy));
            }
        }
        else if (state.IsFolded && !waitsAbove)
        {
            (state.IsFolded, state.Into, state.HasJoined) = (false, null, false);
            changes.Add(Change(OutageAction.Unfold, place, state, null));
        }
        else if (state.HasJoined && !state.IsFolded)
        {
            state.HasJoined = false;
            changes.Add(Change(OutageAction.Extend, place, state, null));
        }
    }

    private static OutageChange Change(OutageAction action, OutagePlace place, PlaceState state, OutagePlace? into) =>
        new(action, place, state.Start, state.Customers, state.Silent, state.Meters, state.Gasps, into);

    private static bool Keep(PlaceState state, in OutageFinding found)
    {
        (state.Start, state.Silent, state.Meters, state.Gasps, state.Interval) = (found.Start, found.Silent, found.Silent + found.Heard, found.Gasps, found.Interval);
        return true;
    }

    /// <summary>How long a dark place waits: not at all when every meter below it is gone and no wider place can turn dark.</summary>
    private static TimeSpan Settling(OutagePlace place, PlaceState state) => place.Parent is null && state.Silent == state.Meters
        ? TimeSpan.Zero
        : TimeSpan.FromMilliseconds(OutageMap.SettleMilliseconds((long)place.Condition.Within.TotalMilliseconds, state.Interval));

    /// <summary>Marks the meters of open outages: for another group of meters they count as such that were heard until then.</summary>
    private void MarkOut()
    {
        Array.Clear(_isOut);
        foreach (var place in _map.Places)
        {
            if (_places[place.Index] is { IsOpen: true } state)
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
        found = _group.Find(place, _members, _isOut);
        if (found.Silent < place.Condition.AtLeast)
        {
            return false;
        }

        var start = found.Start;
        return IsReached(found.Silent, found.Heard, place.Condition.Share) && !IsBelowOnly(place) && IsWhollyDark(place, start, m => m.WentAt(start, place), place.Condition.Share);
    }

    private bool IsStillDark(OutagePlace place, PlaceState state)
    {
        Recount(place, state);
        var start = state.Start;
        double share = place.Condition.Share * LastingShare;
        return state.Silent > 0 && IsReached(state.Silent, state.Meters - state.Silent, share) && !IsBelowOnly(place) && IsWhollyDark(place, start, m => m.EndsAt(place) >= start, share);
    }

    /// <summary>Who went after it began belongs to it as well.</summary>
    private void Recount(OutagePlace place, PlaceState state)
    {
        var start = state.Start;
        var (silent, heard, gasps) = Count(place.Meters, start, m => m.EndsAt(place) >= start);
        (state.Silent, state.Meters, state.Gasps) = (silent, silent + heard, gasps);
        state.Customers = 0;
        foreach (int index in place.Meters)
        {
            state.Customers += _members[index].IsSilent && _members[index].EndsAt(place) >= start ? _map.CustomersOf(index) : 0;
        }
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
    private (int Silent, int Heard, int Gasps) Count(int[] meters, Instant start, Func<MemberState, bool> belongs)
    {
        int silent = 0;
        int heard = 0;
        int gasps = 0;
        foreach (int index in meters)
        {
            ref readonly var member = ref _members[index];
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

    private OutagePlace? PlaceAbove(AssetHandle asset) => _map.PlaceOf(asset) ?? _map.PlaceAbove(asset);

    private sealed class PlaceState
    {
        public bool IsOpen { get; set; }

        public bool IsFolded { get; set; }

        public bool HasJoined { get; set; }

        public Instant? DarkSince { get; set; }

        public Instant Start { get; set; }

        public OutagePlace? Into { get; set; }

        public int Silent { get; set; }

        public int Customers { get; set; }

        public int Worst { get; set; }

        public int Meters { get; set; }

        public int Gasps { get; set; }

        /// <summary>Longest reporting interval among the silent ones, in ms.</summary>
        public long Interval { get; set; }
    }
}
