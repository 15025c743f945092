using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Outages;

/// <summary>The most meters of a place that may have gone at one instant.</summary>
/// <param name="Start">That instant; of several the latest.</param>
/// <param name="Silent">How many.</param>
/// <param name="Heard">Meters of the place that were heard until then: those that still are, went later, or belong to other outages.</param>
/// <param name="Gasps">Of the silent ones, those that said goodbye.</param>
/// <param name="Interval">Longest reporting interval among the silent ones, in ms.</param>
internal readonly record struct OutageFinding(Instant Start, int Silent, int Heard, int Gasps, long Interval);

/// <summary>Finds, among silent meters that each went within some span, the instant that fits most of them: a sweep over the spans' ends. Keeps its arrays.</summary>
internal sealed class OutageGroup
{
    private Instant[] _starts = new Instant[64];
    private Instant[] _ends = new Instant[64];

    /// <param name="isOut">Meters of open outages of the mains.</param>
    /// <param name="explainedBy">The connections that explain silences: those count for no outage of the mains.</param>
    public OutageFinding Find(OutagePlace place, ReadOnlySpan<MemberState> members, ReadOnlySpan<bool> isOut, ReadOnlySpan<OutagePlace?> explainedBy)
    {
        int count = 0;
        int heard = 0;
        foreach (int index in place.Meters)
        {
            ref readonly var member = ref members[index];
            heard += member.Kind == OutageSignKind.Heard || (place.IsConnection && member.IsSilent && isOut[index]) ? 1 : 0;
            if (IsTaken(place, in member, isOut[index], explainedBy[index]))
            {
                Add(count++, in member, place);
            }
        }

        if (count < place.Condition.AtLeast)
        {
            return new OutageFinding(default, count, heard, 0, 0);
        }

        Array.Sort(_starts, 0, count);
        Array.Sort(_ends, 0, count);
        int best = 0;
        int over = 0;
        var start = default(Instant);
        for (int begun = 0; begun < count; begun++)
        {
            while (_ends[over] < _starts[begun])
            {
                over++;
            }

            if (begun + 1 - over >= best)
            {
                (best, start) = (begun + 1 - over, _starts[begun]);
            }
        }

        int gasps = 0;
        long interval = 0;
        foreach (int index in place.Meters)
        {
            ref readonly var member = ref members[index];
            if (!IsTaken(place, in member, isOut[index], explainedBy[index]))
            {
                continue;
            }

            if (!member.WentAt(start, place))
            {
                heard += member.At > start || isOut[index] ? 1 : 0;
            }
            else
            {
                gasps += member.Kind == OutageSignKind.Gasp ? 1 : 0;
                interval = Math.Max(interval, member.Interval);
            }
        }

        return new OutageFinding(start, best, heard, gasps, interval);
    }

    /// <summary>Whether a member's silence counts for a place: not one that has its cause in the other sort.</summary>
    private static bool IsTaken(OutagePlace place, in MemberState member, bool isOut, OutagePlace? explainedBy) =>
        member.IsSilent && (place.IsConnection ? !isOut : explainedBy is null);

    private void Add(int at, in MemberState member, OutagePlace place)
    {
        if (at == _starts.Length)
        {
            Array.Resize(ref _starts, at * 2);
            Array.Resize(ref _ends, at * 2);
        }

        (_starts[at], _ends[at]) = (member.At, member.EndsAt(place));
    }
}
