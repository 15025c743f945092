namespace Alatau.Iot.Web.Console.Views;

/// <summary>One node of the topology in full.</summary>
/// <param name="Facts">What it is: kind, customers, what feeds it, what measures it.</param>
/// <param name="AssetHref">Its page when it is an asset; null when it isn't.</param>
/// <param name="Minute">Local time of the minute that is summed; empty without sums.</param>
/// <param name="More">Members beyond those listed.</param>
public sealed record BranchView(
    string Node, string Name, IReadOnlyList<(string Name, string Value)> Facts, string? AssetHref, string Minute, IReadOnlyList<BranchSumView> Sums, IReadOnlyList<BranchMemberView> Members, int More);

/// <summary>One measurand of the members of a kind.</summary>
/// <param name="Value">Sum, or mean where there is no sum.</param>
/// <param name="How">How it was made: <c>sum</c> or <c>mean</c>.</param>
public sealed record BranchSumView(string Of, string Measurand, Figure Value, string How, string Band, string Reporting, string Completeness, string Estimated, string Revision, bool IsPartial);

/// <summary>Something directly below a node.</summary>
public sealed record BranchMemberView(string Href, string Name, string Kind, string Customers);

/// <summary>The page of the topology.</summary>
/// <param name="Cut">Whether more branches exist than are shown.</param>
public sealed record TopologyView(IReadOnlyList<BranchRowView> Rows, BranchView? Chosen, bool Cut);
