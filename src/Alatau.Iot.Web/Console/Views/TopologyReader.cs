using System.Globalization;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>Reads the tree of the topology with its sums of the latest settled minute.</summary>
internal sealed class TopologyReader(Topology topology, IRollUps rollUps, MeasurandCatalog catalog, Sites sites, TimeProvider clock)
{
    /// <summary>Branches shown at once.</summary>
    private const int MostRows = 500;

    private const int MostMembers = 200;

    private readonly MeasurandId _power = catalog.Id("activePower");
    private readonly MeasurandId _voltage = catalog.Id("voltage");
    private readonly MeasurandId _voltageL1 = catalog.Id("voltage.l1");
    private readonly MeasurandId _temperature = catalog.Id("ambientTemperature");
    private readonly MeasurandId _air = catalog.Id("co2");

    /// <param name="node">Id of the node to be shown in full; empty for the first.</param>
    /// <returns>Null when there is no such node.</returns>
    public TopologyView? Read(string node)
    {
        var now = Instant.Now(clock);
        var rows = new List<(TopologyNode Node, int Level)>();
        foreach (var root in Roots(now))
        {
            Gather(root, 0, now, rows);
        }

        TopologyNode? chosen = rows.Count > 0 ? rows[0].Node : null;
        if (node.Length > 0)
        {
            if (!topology.TryFind(node, out var found))
            {
                return null;
            }

            chosen = found;
        }

        var shown = rows.Take(MostRows).Select(r => Row(r.Node, r.Level, r.Node == chosen, now)).ToArray();
        return new TopologyView(shown, chosen is { } one ? Branch(one, now) : null, rows.Count > MostRows);
    }

    private IEnumerable<TopologyNode> Roots(Instant now)
    {
        for (int i = 0; i < topology.Count; i++)
        {
            var node = new TopologyNode(i);
            if (IsBranch(node) && !topology.TryParent(node, now, out _))
            {
                yield return node;
            }
        }
    }

    private bool IsBranch(TopologyNode node) => topology.KindOf(node) <= NodeKind.Feeder;

    private void Gather(TopologyNode node, int level, Instant now, List<(TopologyNode Node, int Level)> rows)
    {
        rows.Add((node, level));
        var below = new List<TopologyNode>();
        foreach (var child in topology.Children(node, now))
        {
            if (rows.Count <= MostRows && IsBranch(child) && topology.TryParent(child, now, out var parent) && parent == node)
            {
                below.Add(child);
            }
        }

        // What feeds comes before what only holds.
        foreach (var child in below.OrderBy(c => topology.IsSpatial(c) ? 1 : 0).ThenBy(c => c.Index))
        {
            Gather(child, level + 1, now, rows);
        }
    }

    private BranchRowView Row(TopologyNode node, int level, bool isChosen, Instant now)
    {
        var sums = rollUps.Latest(node, WindowSpan.OneMinute, TopologyEndpoints.SettledBy(now));
        var load = Of(sums, _power, NodeKind.Meter);
        var volts = Of(sums, _voltage, NodeKind.Meter) ?? Of(sums, _voltageL1, NodeKind.Meter);
        var widest = sums.Count == 0 ? null : (RollUpSummary?)sums.MaxBy(s => s.Summary.Expected).Summary;
        return new BranchRowView(
            "n-" + topology.IdOf(node).Replace('/', '.'),
            HrefOf(node),
            topology.DisplayNameOf(node),
            topology.KindOf(node).ToString(),
            level,
            isChosen,
            OrBlank(load?.Sum, "W"),
            OrBlank(Of(sums, _power, NodeKind.Solar)?.Sum, "W"),
            volts is { } band ? Band(band, catalog[_voltage].Unit) : "",
            OrBlank(Of(sums, _temperature, NodeKind.Sensor)?.Mean, catalog[_temperature].Unit),
            OrBlank(Of(sums, _air, NodeKind.Sensor)?.Maximum, catalog[_air].Unit),
            widest is { } w ? Reporting(w) : "",
            widest is { } c ? Share(c.Completeness) : "",
            Count(topology.CustomersUnder(node, now)),
            (isChosen ? "chosen " : "") + (widest is { } p && IsPartial(p) ? "partial" : ""));
    }

    private BranchView Branch(TopologyNode node, Instant now)
    {
        var sums = rollUps.Latest(node, WindowSpan.OneMinute, TopologyEndpoints.SettledBy(now));
        var facts = new List<(string, string)> { ("Kind", topology.KindOf(node).ToString()) };
        if (topology.CustomersUnder(node, now) is > 0 and var customers)
        {
            facts.Add(("Customers", Count(customers)));
        }

        Say("Fed by", topology.TryFeeder(node, now, out var feeder), feeder);
        Say("In", topology.TryLocation(node, now, out var around), around);
        Say("Metered by", topology.TryMeter(node, now, out var meter) && meter != node, meter);
        var members = new List<BranchMemberView>();
        int more = 0;
        foreach (var child in topology.Children(node, now))
        {
            if (members.Count == MostMembers)
            {
                more++;
                continue;
            }

            members.Add(new BranchMemberView(HrefOf(child), topology.DisplayNameOf(child), topology.KindOf(child).ToString(), Count(topology.CustomersUnder(child, now))));
        }

        var zone = sites.CityZone;
        return new BranchView(
            topology.IdOf(node),
            topology.DisplayNameOf(node),
            facts,
            topology.TryAsset(node, out _) ? "/assets/" + topology.IdOf(node) : null,
            sums.Count == 0 ? "" : TimeZoneInfo.ConvertTime(sums.Max(s => s.Window.Start).ToDateTimeOffset(), zone).ToString("HH:mm", CultureInfo.InvariantCulture),
            [.. sums.OrderBy(s => s.Members).ThenBy(s => catalog[s.Measurand].Name, StringComparer.Ordinal).Select(Sum)],
            members,
            more);

        void Say(string what, bool isSo, TopologyNode other)
        {
            if (isSo)
            {
                facts.Add((what, topology.DisplayNameOf(other)));
            }
        }
    }

    private BranchSumView Sum(RollUpRow row)
    {
        var measurand = catalog[row.Measurand];
        bool hasSum = double.IsFinite(row.Summary.Sum);
        return new BranchSumView(
            row.Members.ToString(),
            Names.Of(measurand),
            Figure.Of(hasSum ? row.Summary.Sum : row.Summary.Mean, measurand.Unit),
            hasSum ? "sum" : "mean",
            hasSum ? "" : Band(row.Summary, measurand.Unit),
            Reporting(row.Summary),
            Share(row.Summary.Completeness),
            row.Summary.Estimated == 0 ? "" : Figure.Count(row.Summary.Estimated),
            row.Summary.Revision.ToString(CultureInfo.InvariantCulture),
            IsPartial(row.Summary));
    }

    /// <summary>An asset that nothing hangs on has a page of its own.</summary>
    private string HrefOf(TopologyNode node) =>
        topology.TryAsset(node, out _) && !IsBranch(node) ? "/assets/" + topology.IdOf(node) : "/topology?node=" + topology.IdOf(node);

    private static RollUpSummary? Of(IReadOnlyList<RollUpRow> sums, MeasurandId measurand, NodeKind members)
    {
        foreach (var row in sums)
        {
            if (row.Measurand == measurand && row.Members == members)
            {
                return row.Summary;
            }
        }

        return null;
    }

    /// <summary>Most branches have no plant or no room: a blank says that better than a dash.</summary>
    private static Figure OrBlank(double? value, string unit) => value is null ? new Figure("", "") : Figure.Of(value, unit);

    private static bool IsPartial(in RollUpSummary summary) => summary.Members < summary.Expected || summary.Completeness < 0.9;

    private static string Band(in RollUpSummary summary, string unit) =>
        double.IsFinite(summary.Minimum) ? $"{Figure.Of(summary.Minimum, unit).Text} – {Figure.Of(summary.Maximum, unit)}" : "";

    private static string Reporting(in RollUpSummary summary) => $"{Figure.Count(summary.Members)} / {Figure.Count(summary.Expected)}";

    private static string Share(double completeness) => double.IsNaN(completeness) ? "" : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(completeness * 100)} %");

    private static string Count(int customers) => customers == 0 ? "" : Figure.Count(customers);
}
