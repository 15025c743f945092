namespace Alatau.Iot.Web.Console.Views;

/// <summary>One page of the open alarms at one moment.</summary>
/// <param name="Query">The filter, its page within the pages there are.</param>
/// <param name="Groups">Rows under the name of what they need.</param>
/// <param name="Matches">Alarms that the filter takes.</param>
/// <param name="All">Alarms of the list without a filter.</param>
/// <param name="Pages">At least 1.</param>
/// <param name="Sites">Sites to filter by, name and display name.</param>
public sealed record AlarmListView(
    AlarmQuery Query,
    AlarmTally Tally,
    IReadOnlyList<(string Name, IReadOnlyList<AlarmRowView> Rows)> Groups,
    int Matches,
    int All,
    int Pages,
    IReadOnlyList<(string Site, string Name)> Sites)
{
    public IEnumerable<AlarmRowView> Rows => Groups.SelectMany(g => g.Rows);
}
