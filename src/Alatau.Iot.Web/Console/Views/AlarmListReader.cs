using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>Makes the list of open alarms out of the alarm book.</summary>
internal sealed class AlarmListReader(AlarmBook book, AlarmTallies tallies, AlarmReader alarms, AssetDirectory assets, IAssetRuntime runtime, Sites sites, TimeProvider clock)
{
    /// <summary>Rows of a page.</summary>
    public const int PageSize = 50;

    public async Task<AlarmListView> ReadAsync(AlarmQuery query, CancellationToken cancellationToken)
    {
        var now = Instant.Now(clock);
        var tally = tallies.Read();
        var matching = book.Open().Where(a => Takes(query, a)).ToList();
        int pages = Math.Max(1, (matching.Count + PageSize - 1) / PageSize);
        query = query with { Page = Math.Min(query.Page, pages) };
        var shown = matching.GetRange((query.Page - 1) * PageSize, Math.Min(PageSize, matching.Count - ((query.Page - 1) * PageSize)));
        var until = query.IsAside ? await ShelvedUntilAsync(shown, cancellationToken) : [];
        var groups = shown
            .GroupBy(a => GroupOf(a, query.IsAside), StringComparer.Ordinal)
            .Select(g => (g.Key, (IReadOnlyList<AlarmRowView>)[.. g.Select(a => alarms.Row(a, now, until.TryGetValue(a.Last.AlarmId, out var end) ? end : null))]));
        return new AlarmListView(query, tally, [.. groups], matching.Count, query.IsAside ? tally.Aside : tally.Open, pages, [.. sites.Known.Select(s => (s.Name, s.DisplayName))]);
    }

    private static string GroupOf(OpenAlarm alarm, bool isAside) => isAside
        ? AlarmReader.StateText(alarm.Last.To)
        : alarm.NeedsAcknowledgement ? "waiting for acknowledgement" : "acknowledged";

    private bool Takes(AlarmQuery query, OpenAlarm alarm) =>
        query.Takes(alarm.Last.To)
        && (query.Least is null || alarm.Last.Severity >= query.Least)
        && (query.Site is null || string.Equals(alarm.Last.Asset.Site, query.Site, StringComparison.Ordinal))
        && (query.Text is null || alarms.Holds(alarm.Last, query.Text) || alarm.Cause.Contains(query.Text, StringComparison.OrdinalIgnoreCase));

    /// <summary>When the shelved ones come back, by alarm: only their assets know.</summary>
    private async Task<Dictionary<string, Instant>> ShelvedUntilAsync(List<OpenAlarm> shown, CancellationToken cancellationToken)
    {
        var handles = new HashSet<AssetHandle>();
        foreach (var alarm in shown)
        {
            if (alarm.Last.To == AlarmState.Shelved && assets.TryFind(alarm.Last.Asset, out var handle))
            {
                handles.Add(handle);
            }
        }

        var until = new Dictionary<string, Instant>(StringComparer.Ordinal);
        foreach (var view in (await runtime.GetManyAsync([.. handles], cancellationToken)).SelectMany(s => s.Alarms))
        {
            if (view.ShelvedUntil is { } end)
            {
                until[view.AlarmId] = end;
            }
        }

        return until;
    }
}
