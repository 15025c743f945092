using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>What the overview shows at one moment, but for plot and alarms, which are parts of their own.</summary>
/// <param name="Groups">Rows under the name of their site.</param>
/// <param name="Kinds">Kinds that occur.</param>
/// <param name="Matches">Assets that the filter takes.</param>
/// <param name="Pages">At least 1.</param>
/// <param name="TrendName">What the sparklines span.</param>
public sealed record OverviewView(
    OverviewQuery Query,
    TotalsView Totals,
    IReadOnlyList<SiteView> Sites,
    IReadOnlyList<(string Site, string Name, IReadOnlyList<RowView> Rows)> Groups,
    IReadOnlyList<AssetKind> Kinds,
    int Matches,
    int All,
    int Pages,
    string TrendName)
{
    public IEnumerable<RowView> Rows => Groups.SelectMany(g => g.Rows);
}
