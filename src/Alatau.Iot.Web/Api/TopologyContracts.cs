namespace Alatau.Iot.Web.Api;

/// <summary>A node of the topology at an instant.</summary>
/// <param name="Node"><c>site/name</c>; of a site and the city the name.</param>
/// <param name="Name">What an operator calls it.</param>
/// <param name="Kind">What it is: city, district, building, floor, room, transformer, feeder, meter, solar, storage, sensor, weather, water, unknown.</param>
/// <param name="IsAsset">Whether a device reports for it.</param>
/// <param name="FedBy">What feeds it; null for nothing.</param>
/// <param name="LocatedIn">What it lies in; null for the city.</param>
/// <param name="MeteredBy">The meter that sees all its flow; null when there is none.</param>
/// <param name="Customers">Its own and those of all below it.</param>
/// <param name="Meters">Customers' meters below it.</param>
internal sealed record NodeItem(string Node, string Name, string Kind, bool IsAsset, string? FedBy, string? LocatedIn, string? MeteredBy, int Customers, int Meters);

/// <summary>What one measurand of all members of a kind did in the latest window.</summary>
/// <param name="Kind">What the members are.</param>
/// <param name="T">Start of the window.</param>
/// <param name="Sum">Of powers, flows and counters; null for what has no sum.</param>
/// <param name="Min">Null for counters.</param>
/// <param name="Members">Members in it.</param>
/// <param name="Expected">Members that have the measurand.</param>
/// <param name="Estimated">Members in it of doubtful quality.</param>
internal sealed record BranchSum(
    string Measurand, string Unit, string Kind, string T, double? Sum, double? Mean, double? Min, double? Max, int Members, int Expected, int Estimated, int Readings, double? Completeness, int Revision, string Quality);

/// <summary>One node with its latest sums and what is directly below it.</summary>
/// <param name="Window">Length of the windows: <c>1m</c>, <c>15m</c> or <c>1h</c>.</param>
/// <param name="Children">The first 1,000; <c>GET /api/v1/topology?below=</c> lists all.</param>
internal sealed record NodeDetail(NodeItem Node, string Window, IReadOnlyList<BranchSum> Sums, IReadOnlyList<NodeItem> Children);

/// <summary>One window of a branch.</summary>
/// <param name="T">Start of the window.</param>
/// <param name="V">The sum where there is one, else the mean.</param>
internal sealed record BranchPoint(string T, double? V, string Q, double? Sum, double? Mean, double? Min, double? Max, int Members, int Expected, int Estimated, int Readings, double? Completeness, int Revision);

/// <summary>The windows of a branch, oldest first.</summary>
/// <param name="Kind">What the members are.</param>
/// <param name="Next">Give it back as <c>from</c> for the next page; null on the last.</param>
internal sealed record BranchSeries(string Node, string Kind, string Measurand, string Unit, string Window, IReadOnlyList<BranchPoint> Points, string? Next);
