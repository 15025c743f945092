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
/// <para><b>Connections.</b> A gateway or bridge is gone when it is silent, or said goodbye, itself; one that was never heard when the share of those behind it went together and no outage of the mains explains it. What
/// is silent behind it counts for no outage of the mains, unless it said goodbye on its own while the gateway still passed that on. What of mains is then no outage any more is folded into the connection; a gateway that
/// is fed by a dark place is folded into that outage.</para>
/// Between two calls of <see cref="Judge"/> the order of signs doesn't matter, except for those of one asset.
/// </remarks>
public sealed partial class OutageJudge
{
    private const double LastingShare = 0.5;

    private readonly OutageMap _map;
    private readonly MemberState[] _members;
    private readonly PlaceState[] _places;
    private readonly OutageGroup _group = new();
    private readonly bool[] _isOut;
    private readonly OutagePlace?[] _explainedBy;
    private readonly List<OutageChange> _ends = [];
    private bool _isDirty;

    public OutageJudge(OutageMap map)
    {
        _map = map;
        _members = new MemberState[map.Size];
        _isOut = new bool[map.Size];
        _explainedBy = new OutagePlace?[map.Size];
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
            var own = _map.PlaceOf(asset);
            MarkJoined(own);
            MarkJoined(own is { IsConnection: false } ? null : _map.PlaceAbove(asset));
            MarkJoined(own is { IsConnection: true } ? null : _map.Through(asset));
        }
    }

    private void MarkJoined(OutagePlace? place)
    {
        for (; place is not null; place = place.Parent)
        {
            _places[place.Index].HasJoined = true;
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
        MarkExplained(now);
        foreach (var place in _map.Places)
        {
            if (place is { Parent: null, IsConnection: false })
            {
                Walk(place, null, false, false, now, changes);
            }
        }

        MarkOut();
        foreach (var place in _map.Places)
        {
            if (place is { Parent: null, IsConnection: true })
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
        return state.IsOpen ? [.. place.Meters.Where(m => IsCounted(m, place, state)).Take(most).Select(m => new AssetHandle(m))] : [];
    }

    /// <param name="coveredBy">The outage that covers it; null for none.</param>
    /// <param name="waitsAbove">A place above is dark and waits.</param>
    /// <param name="endsAbove">An outage above has just ended: what is left of it is one at once.</param>
    private void Walk(OutagePlace place, OutagePlace? coveredBy, bool waitsAbove, bool endsAbove, Instant now, List<OutageChange> changes)
    {
        var state = _places[place.Index];
        bool isDark = state.IsOpen ? IsStillDark(place, state) : IsDark(place, out var found) && Keep(state, found);
        bool isOtherwise = false;
        if (place.IsConnection)
        {
            (coveredBy, waitsAbove) = Feeding(place, coveredBy, waitsAbove);
        }
        else if (!isDark && state.IsOpen && Explanation(place, state) is { } connection)
        {
            (isDark, isOtherwise, coveredBy, waitsAbove) = (true, true, connection, false);
        }

        if (!isDark)
        {
            state.DarkSince = null;
            if (state.IsOpen)
            {
                _ends.Add(Change(OutageAction.End, place, state, state.Into is { IsConnection: true } ? state.Into : null));
                _places[place.Index] = place.IsConnection ? Lingering(place, state, now) : new PlaceState();
                IsWaiting |= place.IsConnection;
                endsAbove = true;
            }
        }
        else if (state.IsOpen)
        {
            Continue(place, state, coveredBy, waitsAbove, now, changes);
        }
        else if (place.IsConnection && coveredBy is { IsConnection: false })
        {
            // The cause of the cause: those behind it lie elsewhere, and are told why they are silent without an alarm of its own.
            Recount(place, state);
            (state.IsOpen, state.IsFolded, state.Into, state.HasJoined, state.Worst) = (true, true, coveredBy, false, state.Customers);
            changes.Add(Change(OutageAction.Begin, place, state, coveredBy));
        }
        else if (coveredBy is null && !waitsAbove)
        {
            state.DarkSince ??= now;
            if (((endsAbove && !place.IsConnection) || now - state.DarkSince.Value >= Settling(place, state)) && now >= KnownBy(place, state))
            {
                Recount(place, state);
                (state.IsOpen, state.HasJoined, state.Worst) = (true, false, state.Customers);
                changes.Add(Change(OutageAction.Begin, place, state, null));

                // What it explains was walked before.
                IsWaiting |= place.IsConnection;
            }
            else
            {
                IsWaiting = true;
            }
        }
        else if (coveredBy is not null)
        {
            state.DarkSince = null;
        }

        state = _places[place.Index];
        var covers = isOtherwise ? null : coveredBy ?? (state.IsOpen ? place : null);
        bool waits = waitsAbove || (isDark && !state.IsOpen && coveredBy is null);
        foreach (var child in place.Children)
        {
            Walk(child, covers, waits, endsAbove, now, changes);
        }
    }

    private void Continue(OutagePlace place, PlaceState state, OutagePlace? coveredBy, bool waitsAbove, Instant now, List<OutageChange> changes)
    {
        state.Worst = Math.Max(state.Worst, state.Customers);
        if (coveredBy is not null)
        {
            (state.Into, state.DarkSince) = (coveredBy, null);
            if (!state.IsFolded)
            {
                state.IsFolded = true;
                changes.Add(Change(OutageAction.Fold, place, state, coveredBy));
            }
        }
        else if (state.IsFolded && !waitsAbove)
        {
            // Mains, or a broker, that are back leave a gateway some time to be heard.
            state.DarkSince ??= now;
            if (place.IsConnection && now - state.DarkSince.Value < Settling(place, state))
            {
                IsWaiting = true;
                return;
            }

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

    /// <summary>How long a dark place waits: not at all when all of it is gone and no wider place can turn dark.</summary>
    private TimeSpan Settling(OutagePlace place, PlaceState state)
    {
        if (place.IsConnection)
        {
            return SettlingOfConnection(place, state);
        }

        return place.Parent is null && state.Silent == state.Meters ? TimeSpan.Zero
            : TimeSpan.FromMilliseconds(OutageMap.SettleMilliseconds((long)place.Condition.Within.TotalMilliseconds, state.Interval));
    }
}
