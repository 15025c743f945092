using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Core.Tests.Topologies;

namespace Alatau.Iot.Core.Tests.RollUps;

/// <summary>A platform in small: assets publish windows and correct them, a store keeps them, a book rolls them up; it may be killed at any step. All made up from a seed.</summary>
internal sealed class RollUpWorld
{
    private static readonly MeasurandCatalog s_catalog = new();
    private static readonly string[] s_measurands = ["activePower", "voltage", "energyImport"];

    private readonly Random _random;
    private readonly RandomFleet _fleet;
    private readonly Topology _topology;
    private readonly Dictionary<(TopologyNode Node, RollUpKey Key), WindowSummary> _windows = [];
    private readonly Dictionary<(string Node, NodeKind Members, RollUpKey Key), RollUpSummary> _stored = [];
    private readonly HashSet<(TopologyNode Node, MeasurandId Measurand)> _reporters = [];
    private readonly bool _knowsPrevious;

    // What the replay of the journal makes again after a kill, and what was unsettled at the checkpoint.
    private readonly List<RollUpChange> _sinceCheckpoint = [];
    private IReadOnlySet<RollUpKey> _unsettled = new HashSet<RollUpKey>();
    private RollUpBook _book;
    private Instant _now = new(3_600_000);
    private Instant _newest = new(0);
    private int _minute;

    public RollUpWorld(int seed)
    {
        _random = new Random(seed);
        _fleet = new RandomFleet(seed);
        _topology = Topology.Of([_fleet.Fleet], _fleet.Directory);
        _knowsPrevious = _random.Next(2) == 0;
        _book = new RollUpBook(_topology, s_catalog, new Instant(0), canSumAgain: true);
    }

    public int Kills { get; private set; }

    public int SummedAgain { get; private set; }

    public int Published => _stored.Count;

    public void Step()
    {
        switch (_random.Next(20))
        {
            case 0 when _random.Next(4) == 0:
                Kill();
                break;
            case 0 or 1:
                Checkpoint();
                break;
            case 2 or 3:
                Sum(interrupted: _random.Next(3) == 0);
                break;
            case 4 or 5 or 6:
                Store(_book.Publish(1 + _random.Next(2), 3), fails: _random.Next(4) == 0);
                _now += TimeSpan.FromSeconds(1);
                break;
            default:
                Publish();
                break;
        }
    }

    /// <summary>Lets everything settle.</summary>
    public void Settle()
    {
        for (int i = 0; i < 10; i++)
        {
            Sum(interrupted: false);
            Store(_book.Publish(0, 0), fails: false);
            _now += TimeSpan.FromSeconds(1);
        }
    }

    /// <summary>What differs from adding everything up afresh; empty when nothing does.</summary>
    public IEnumerable<string> Differences()
    {
        var truth = new Dictionary<(string Node, NodeKind Members, RollUpKey Key), List<(WindowSummary Summary, double Value)>>();
        foreach (var ((node, key), summary) in _windows)
        {
            double value = s_catalog[key.Measurand].Kind == MeasurandKind.Counter ? summary.Delta : summary.Mean;
            foreach (var above in _topology.Ancestors(node, key.Start))
            {
                var branch = (_topology.IdOf(above), _topology.KindOf(node), key);
                truth.TryAdd(branch, []);
                truth[branch].Add((summary, value));
            }
        }

        foreach (var (branch, members) in truth)
        {
            if (!_stored.TryGetValue(branch, out var stored))
            {
                yield return $"{branch} is missing";
                continue;
            }

            var measurand = s_catalog[branch.Key.Measurand];
            double sum = members.Sum(m => m.Value);
            bool isCounter = measurand.Kind == MeasurandKind.Counter;
            var wanted = new RollUpSummary(
                RollUpRule.HasSum(measurand) ? sum : double.NaN,
                sum / members.Count,
                isCounter ? double.NaN : members.Min(m => m.Summary.Minimum),
                isCounter ? double.NaN : members.Max(m => m.Summary.Maximum),
                members.Count,
                Expected(branch.Node, branch.Members, branch.Key),
                members.Count(m => m.Summary.Quality != Quality.Good),
                members.Sum(m => m.Summary.Count),
                members.Sum(m => (double)m.Summary.Completeness) / stored.Expected,
                stored.Revision,
                members.Max(m => m.Summary.Quality));
            // Who had the measurand later, or before a kill, isn't expected in it.
            if (!IsSame(wanted, stored) || stored.Expected < members.Count || stored.Expected > wanted.Expected)
            {
                yield return $"{branch}: wanted {wanted}, stored {stored}";
            }
        }

        foreach (var branch in _stored.Keys.Where(b => !truth.ContainsKey(b)))
        {
            yield return $"{branch} is of nobody";
        }
    }

    private static bool IsSame(RollUpSummary a, RollUpSummary b) =>
        Near(a.Sum, b.Sum) && Near(a.Mean, b.Mean) && a.Minimum.Equals(b.Minimum) && a.Maximum.Equals(b.Maximum) && Near(a.Completeness, b.Completeness)
        && a with { Sum = 0, Mean = 0, Minimum = 0, Maximum = 0, Completeness = 0, Expected = 0 } == b with { Sum = 0, Mean = 0, Minimum = 0, Maximum = 0, Completeness = 0, Expected = 0 };

    private static bool Near(double a, double b) => a.Equals(b) || Math.Abs(a - b) <= 1e-9 * (1 + Math.Abs(a) + Math.Abs(b));

    private int Expected(string node, NodeKind members, RollUpKey key)
    {
        _topology.TryFind(node, out var at);
        int count = 0;
        foreach (var member in _topology.Below(at, key.Start))
        {
            count += _topology.KindOf(member) == members && _reporters.Contains((member, key.Measurand)) ? 1 : 0;
        }

        return count;
    }

    private void Publish()
    {
        var asset = _fleet.Fleet.Assets[_random.Next(_fleet.Fleet.Assets.Count)];
        _fleet.Directory.TryFind(asset.Id, out var handle);
        _topology.TryNode(handle, out var node);
        var measurand = s_catalog.Id(s_measurands[_random.Next(s_measurands.Length)]);
        var span = (WindowSpan)_random.Next(2);
        _minute += _random.Next(15) == 0 ? 1 : 0;
        var window = Window.Holding(RandomFleet.At(Math.Max(0, _minute + 2 - _random.Next(_random.Next(5) == 0 ? 30 : 6))), span);
        _newest = Instant.Max(_newest, window.End);
        var key = new RollUpKey(measurand, span, window.Start);
        bool isRevised = _windows.TryGetValue((node, key), out var before);
        double value = _random.Next(-1000, 1000) / 7.0;

        // A later revision holds what the earlier one held, mostly.
        double width = isRevised && _random.Next(4) > 0 ? 10_000 : _random.Next(1, 100);
        var summary = new WindowSummary(
            _random.Next(1, 60),
            value - width,
            value + width,
            value,
            value,
            _random.Next(0, 1000) / 3.0,
            _random.Next(0, 101) / 100f,
            (ushort)(isRevised ? before.Revision + 1 : 0),
            (Quality)_random.Next(3));
        _windows[(node, key)] = summary;
        _reporters.Add((node, measurand));
        var change = new RollUpChange(node, measurand, window, summary, isRevised && _knowsPrevious ? before : null);
        _sinceCheckpoint.Add(change);
        _book.Apply(in change);
    }

    private void Checkpoint()
    {
        _unsettled = _book.Unsettled();
        _sinceCheckpoint.Clear();
    }

    private void Kill()
    {
        Kills++;
        _book = new RollUpBook(_topology, s_catalog, _newest, canSumAgain: true);
        _book.MarkStale(_unsettled);
        foreach (var change in _sinceCheckpoint)
        {
            _book.Apply(in change);
        }
    }

    private void Sum(bool interrupted)
    {
        foreach (var keys in _book.TakeStale().GroupBy(k => (k.Measurand, k.Span)).Select(g => g.ToList()).ToList())
        {
            SummedAgain += keys.Count;
            _book.BeginSum(keys);
            if (interrupted && _random.Next(2) == 0)
            {
                _book.AbandonSum(keys);
                continue;
            }

            var rows = _windows.Where(w => keys.Contains(w.Key.Key)).Select(w => (w.Key.Node, w.Key.Key.Start, w.Value)).ToList();
            if (interrupted)
            {
                // After the rows were read.
                Publish();
            }

            Store(_book.Replace(keys, rows, _now), fails: interrupted && _random.Next(2) == 0);
        }
    }

    private void Store(IReadOnlyList<RollUpRow> rows, bool fails)
    {
        if (fails)
        {
            _book.NotWritten(rows);
            return;
        }

        foreach (var row in rows)
        {
            var branch = (row.Node, row.Members, new RollUpKey(row.Measurand, row.Window.Span, row.Window.Start));
            if (!_stored.TryGetValue(branch, out var before) || row.Summary.Revision >= before.Revision)
            {
                _stored[branch] = row.Summary;
            }
        }
    }
}
