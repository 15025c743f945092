using System.Collections;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.RollUps;

/// <summary>Moves the sums of all branches by difference, window by window. Pure; one caller at a time.</summary>
/// <remarks>
/// A change of an asset's window moves every branch above it by the difference to what was published before. What can't be moved so becomes <see cref="TakeStale">stale</see>, and its owner sums it again from the
/// windows the store holds (<see cref="Replace"/>): a window older than those held, one that began before this process could have seen all of it, a revision of something unknown, a band whose edge drew back.
/// <para>The newest windows of each series are held: eight of a minute, three of other spans; about 900 bytes a series. An asset in no topology costs nothing, one in it a bit for each measurand.</para>
/// </remarks>
public sealed class RollUpBook
{
    // A window may be published before it begins by our clock; devices are far less ahead than this.
    private const int SecondsAhead = 4000;

    private readonly Topology _topology;
    private readonly MeasurandCatalog _measurands;
    private readonly Instant _exactFrom;
    private readonly bool _canSumAgain;
    private readonly Dictionary<(int Node, MeasurandId Measurand, NodeKind Members), RollUpSeries> _series = [];
    private readonly Dictionary<int, List<RollUpSeries>> _ofNode = [];
    private readonly List<RollUpSeries> _dirty = [];
    private readonly BitArray?[] _reporters;
    private readonly int[] _versions;
    private readonly HashSet<RollUpKey> _stale = [];
    private readonly HashSet<RollUpKey> _beingSummed = [];
    private int _step;

    /// <param name="exactFrom">Windows that begin before this may have had members this process never sees.</param>
    /// <param name="canSumAgain">Whether stale windows will be summed again; when not, differences are all there is.</param>
    public RollUpBook(Topology topology, MeasurandCatalog measurands, Instant exactFrom, bool canSumAgain)
    {
        (_topology, _measurands, _exactFrom, _canSumAgain) = (topology, measurands, exactFrom, canSumAgain);
        _reporters = new BitArray?[measurands.Count];
        _versions = new int[measurands.Count];
    }

    /// <summary>Measurands of branches, with those of every kind of members.</summary>
    public int SeriesCount => _series.Count;

    /// <summary>Takes a change of an asset's window.</summary>
    public void Apply(in RollUpChange change)
    {
        var measurand = _measurands[change.Measurand];
        if (!RollUpRule.IsRolledUp(measurand))
        {
            return;
        }

        Know(change.Node, change.Measurand);
        var key = change.Key;
        if (_beingSummed.Contains(key))
        {
            // The rows that are just being read may have it or not.
            _stale.Add(key);
        }

        bool isUnknown = change is { Previous: null, Summary.Revision: > 0 };
        if (_canSumAgain && (key.Start < _exactFrom || isUnknown))
        {
            _stale.Add(key);
            return;
        }

        var kind = _topology.KindOf(change.Node);
        foreach (var above in _topology.Ancestors(change.Node, key.Start))
        {
            Move(SeriesOf(above, change.Measurand, kind), in change);
        }
    }

    /// <summary>Windows of which something is missing.</summary>
    public void MarkStale(IEnumerable<RollUpKey> keys) => _stale.UnionWith(keys);

    /// <summary>Everything that has to be summed again since it was asked last.</summary>
    public IReadOnlyList<RollUpKey> TakeStale()
    {
        RollUpKey[] taken = [.. _stale];
        _stale.Clear();
        return taken;
    }

    /// <summary>Windows are to be summed again from what a store holds; a change of one until <see cref="Replace"/> makes it stale anew.</summary>
    public void BeginSum(IEnumerable<RollUpKey> keys) => _beingSummed.UnionWith(keys);

    /// <summary>It came to nothing: they stay stale.</summary>
    public void AbandonSum(IEnumerable<RollUpKey> keys)
    {
        foreach (var key in keys)
        {
            if (_beingSummed.Remove(key))
            {
                _stale.Add(key);
            }
        }
    }

    /// <summary>Puts what the store holds in the place of what differences made, in all branches at once.</summary>
    /// <param name="keys">Windows that were summed, those without any row among them; of one measurand and span.</param>
    /// <param name="windows">Their rows, each asset and start once.</param>
    /// <param name="now">Gives revisions that no earlier process reached: it published at most once a second.</param>
    /// <returns>Rows of windows that are no longer held; the held ones come out of <see cref="Publish"/>.</returns>
    public IReadOnlyList<RollUpRow> Replace(IReadOnlyList<RollUpKey> keys, IEnumerable<(TopologyNode Node, Instant Start, WindowSummary Summary)> windows, Instant now)
    {
        var sums = new Dictionary<(RollUpSeries Series, Instant Start), RollUpEntry>();
        var (measurand, span, _) = keys[0];
        foreach (var (node, start, summary) in windows)
        {
            Know(node, measurand);
            foreach (var above in _topology.Ancestors(node, start))
            {
                var series = SeriesOf(above, measurand, _topology.KindOf(node));
                var entry = sums.TryGetValue((series, start), out var sum) ? sum : RollUpEntry.Of(start);
                entry.Add(in summary, series.ValueOf(in summary));
                sums[(series, start)] = entry;
            }
        }

        var left = new List<RollUpRow>();

        // The newest first: it takes its place among the held ones, and no window that was just summed is pushed out, unpublished, by the next.
        foreach (var ((series, start), sum) in sums.OrderByDescending(each => each.Key.Start))
        {
            var entry = sum;
            entry.Revision = (int)Math.Clamp((now - start).TotalSeconds + SecondsAhead, 0, int.MaxValue / 2);
            int place = series.PlaceOf(span, start, out var dropped);
            Leave(series, span, dropped);
            if (place < 0)
            {
                left.Add(RowOf(series, span, in entry));
                continue;
            }

            ref var held = ref series.Held(span)[place];
            entry.Revision = Math.Max(entry.Revision, held.Revision);
            entry.Touch(_step);
            held = entry;
            Dirty(series);
        }

        _beingSummed.ExceptWith(keys);
        return left;
    }

    /// <summary>Publishes what has rested: unchanged for some steps, or changed for long.</summary>
    /// <param name="quiet">Steps without a change.</param>
    /// <param name="longest">Steps after which it is published though it changes on.</param>
    public IReadOnlyList<RollUpRow> Publish(int quiet, int longest)
    {
        _step++;
        var rows = new List<RollUpRow>();
        for (int i = _dirty.Count - 1; i >= 0; i--)
        {
            var series = _dirty[i];
            bool isDirty = false;
            foreach (var span in WindowSpans.All)
            {
                foreach (ref var entry in series.Held(span))
                {
                    if (!entry.IsDirty)
                    {
                        continue;
                    }

                    if (_step - entry.ChangedAt < quiet && _step - entry.DirtySince < longest)
                    {
                        isDirty = true;
                        continue;
                    }

                    rows.Add(RowOf(series, span, in entry));
                    entry.ChangedAt = -1;
                    entry.Revision++;
                }
            }

            if (!isDirty)
            {
                series.IsDirty = false;
                _dirty.RemoveAt(i);
            }
        }

        return rows;
    }

    /// <summary>Rows that were published could not be written: their windows are stale.</summary>
    public void NotWritten(IReadOnlyList<RollUpRow> rows)
    {
        foreach (var row in rows)
        {
            _stale.Add(new RollUpKey(row.Measurand, row.Window.Span, row.Window.Start));
        }
    }

    /// <summary>Everything that isn't published as it is: what a kill now would leave to be summed again.</summary>
    public IReadOnlySet<RollUpKey> Unsettled()
    {
        var keys = new HashSet<RollUpKey>(_stale);
        keys.UnionWith(_beingSummed);
        foreach (var series in _dirty)
        {
            foreach (var span in WindowSpans.All)
            {
                foreach (ref var entry in series.Held(span))
                {
                    if (entry.IsDirty)
                    {
                        keys.Add(new RollUpKey(series.Measurand.Id, span, entry.Start));
                    }
                }
            }
        }

        return keys;
    }

    /// <summary>Of each series of a node the latest window that ended by an instant.</summary>
    public IReadOnlyList<RollUpRow> Latest(TopologyNode node, WindowSpan span, Instant endedBy)
    {
        var rows = new List<RollUpRow>();
        foreach (var series in _ofNode.GetValueOrDefault(node.Index) ?? [])
        {
            int latest = -1;
            var held = series.Held(span);
            for (int i = 0; i < held.Length; i++)
            {
                if (new Window(span, held[i].Start).End <= endedBy && (latest < 0 || held[i].Start > held[latest].Start))
                {
                    latest = i;
                }
            }

            if (latest >= 0)
            {
                rows.Add(RowOf(series, span, in held[latest]));
            }
        }

        return rows;
    }

    private void Move(RollUpSeries series, in RollUpChange change)
    {
        int place = series.PlaceOf(change.Window.Span, change.Window.Start, out var dropped);
        Leave(series, change.Window.Span, dropped);
        if (place < 0)
        {
            _stale.Add(change.Key);
            return;
        }

        ref var entry = ref series.Held(change.Window.Span)[place];
        var now = change.Summary;
        if (change.Previous is { } previous)
        {
            if (!entry.Replace(in previous, series.ValueOf(in previous), in now, series.ValueOf(in now)))
            {
                _stale.Add(change.Key);
            }
        }
        else
        {
            entry.Add(in now, series.ValueOf(in now));
        }

        entry.Touch(_step);
        Dirty(series);
    }

    private void Leave(RollUpSeries series, WindowSpan span, Instant? dropped)
    {
        if (dropped is { } start)
        {
            _stale.Add(new RollUpKey(series.Measurand.Id, span, start));
        }
    }

    private void Dirty(RollUpSeries series)
    {
        if (!series.IsDirty)
        {
            series.IsDirty = true;
            _dirty.Add(series);
        }
    }

    private RollUpSeries SeriesOf(TopologyNode node, MeasurandId measurand, NodeKind members)
    {
        if (!_series.TryGetValue((node.Index, measurand, members), out var series))
        {
            _series[(node.Index, measurand, members)] = series = new RollUpSeries(node, members, _measurands[measurand]);
            if (!_ofNode.TryGetValue(node.Index, out var list))
            {
                _ofNode[node.Index] = list = [];
            }

            list.Add(series);
        }

        return series;
    }

    private RollUpRow RowOf(RollUpSeries series, WindowSpan span, in RollUpEntry entry) => new(
        _topology.IdOf(series.Node),
        _topology.KindOf(series.Node),
        series.Members,
        series.Measurand.Id,
        new Window(span, entry.Start),
        entry.Summary(ExpectedAt(series, entry.Start), series.HasSum, series.IsCounter));

    private void Know(TopologyNode node, MeasurandId measurand)
    {
        var reporters = _reporters[measurand.Value] ??= new BitArray(_topology.Count);
        if (!reporters[node.Index])
        {
            reporters[node.Index] = true;
            _versions[measurand.Value]++;
        }
    }

    /// <summary>Members of the branch at an instant that have ever had the measurand; counted anew only when somebody new had it, or when the topology is another then.</summary>
    private int ExpectedAt(RollUpSeries series, Instant at)
    {
        int epoch = 0;
        while (epoch < _topology.Changes.Count && _topology.Changes[epoch] <= at)
        {
            epoch++;
        }

        int measurand = series.Measurand.Id.Value;
        if (series.Expected.Epoch == epoch && series.Expected.Version == _versions[measurand])
        {
            return series.Expected.Count;
        }

        int count = 0;
        foreach (var member in _topology.Below(series.Node, at))
        {
            count += _topology.KindOf(member) == series.Members && _reporters[measurand]![member.Index] ? 1 : 0;
        }

        series.Expected = (epoch, _versions[measurand], count);
        return count;
    }
}
