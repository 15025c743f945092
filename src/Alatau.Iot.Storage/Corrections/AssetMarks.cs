using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Corrections;

/// <summary>What is to be made again of one asset: what was reopened since it was last taken, and what is in work. Its owner locks.</summary>
internal sealed class AssetMarks
{
    /// <summary>Separate stretches kept of one measurand; further ones are joined with the nearest.</summary>
    private const int MostStretches = 8;

    private readonly List<Stretch> _open = [];

    /// <summary>Time stamp of the first and the last reopening since it was taken.</summary>
    internal long FirstAt { get; private set; }

    internal long LastAt { get; private set; }

    /// <summary>Not before this time stamp: after a failure.</summary>
    internal long NotBefore { get; set; }

    /// <summary>Taken and not yet surely stored; null for nothing.</summary>
    internal IReadOnlyList<Stretch>? InWork { get; private set; }

    internal bool IsOpen => _open.Count > 0;

    /// <summary>All that would be lost with the process.</summary>
    internal IEnumerable<Stretch> All => InWork is null ? _open : [.. InWork, .. _open];

    internal void Add(in Reopening reopening, long now)
    {
        int from = HourOf(reopening.From.UnixMilliseconds);
        Add(new Stretch(reopening.Measurand, from, HourOf(reopening.To.UnixMilliseconds - 1) + 1, reopening.NewestAt, reopening.AlsoHeld), now);
    }

    internal void Add(Stretch stretch, long now)
    {
        FirstAt = _open.Count == 0 ? now : FirstAt;
        LastAt = now;
        int same = 0;
        for (int i = 0; i < _open.Count; i++)
        {
            if (_open[i].Touches(in stretch))
            {
                var joined = _open[i].With(in stretch);
                if (joined.FromHour == _open[i].FromHour && joined.ToHour == _open[i].ToHour)
                {
                    _open[i] = joined;
                    return;
                }

                _open.RemoveAt(i);
                Add(joined, now);
                return;
            }

            same += _open[i].Measurand == stretch.Measurand ? 1 : 0;
        }

        if (same >= MostStretches)
        {
            int nearest = Enumerable.Range(0, _open.Count).Where(i => _open[i].Measurand == stretch.Measurand).MinBy(i => DistanceOf(_open[i], stretch));
            stretch = _open[nearest].With(in stretch);
            _open.RemoveAt(nearest);
            Add(stretch, now);
            return;
        }

        _open.Add(stretch);
    }

    /// <summary>Moves what is open into work, by measurand and in order; all stretches of a measurand know its newest reading.</summary>
    internal IReadOnlyList<Stretch> Take()
    {
        InWork =
        [
            .. _open.GroupBy(s => s.Measurand).SelectMany(same =>
            {
                var (newest, alsoHeld) = (same.Max(s => s.NewestAt), same.Any(s => s.AlsoHeld));
                return same.OrderBy(s => s.FromHour).Select(s => s with { NewestAt = newest, AlsoHeld = alsoHeld });
            }),
        ];
        _open.Clear();
        return InWork;
    }

    /// <summary>What was in work is stored.</summary>
    internal void Complete() => InWork = null;

    /// <summary>What was in work is open again.</summary>
    internal void GiveBack(long now, long notBefore)
    {
        foreach (var stretch in InWork ?? [])
        {
            Add(stretch, now);
        }

        (InWork, NotBefore) = (null, notBefore);
    }

    private static int DistanceOf(in Stretch a, in Stretch b) => a.FromHour >= b.ToHour ? a.FromHour - b.ToHour : b.FromHour - a.ToHour;

    private static int HourOf(long unixMilliseconds) => (int)Math.Floor(unixMilliseconds / (double)Stretch.HourMilliseconds);
}
