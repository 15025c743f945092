using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>Reads steps of alarms: what the store has, and what this process saw but the store may not have yet.</summary>
internal sealed class AlarmHistoryReader(AlarmBook book, AlarmTallies tallies, AlarmReader alarms, IHistoryStore store, Sites sites, TimeProvider clock)
{
    /// <summary>Rows of a page.</summary>
    private const int PageSize = 100;

    /// <summary>Most steps one page looks at; a filter that hardly any step passes goes on with the older page.</summary>
    private const int MostLookedAt = 20_000;

    /// <summary>Most steps of one alarm that are shown.</summary>
    private const int MostSteps = 500;

    /// <summary>A device's clock may be a little ahead of ours.</summary>
    private static readonly TimeSpan s_ahead = TimeSpan.FromDays(1);

    /// <summary>One page of all alarms' steps.</summary>
    public async Task<AlarmHistoryView> ReadAsync(AlarmHistoryQuery query, CancellationToken cancellationToken)
    {
        var now = Instant.Now(clock);
        var asked = new TransitionQuery(query.Asset, now - TimeSpan.FromDays(query.Days), now + s_ahead, PageSize);
        IReadOnlyList<(string Site, string Name)> known = [.. sites.Known.Select(s => (s.Name, s.DisplayName))];
        var view = new AlarmHistoryView(query, tallies.Read(), [], null, null, query.Asset is { } asset ? alarms.NameOf(asset) : "", known);
        if (!TransitionPager.TryBegin(query.Cursor, ref asked, out int skip))
        {
            return view with { Problem = "This page of the history can't be found. Begin with the newest." };
        }

        try
        {
            var (steps, next) = await TransitionPager.ReadAsync(store, asked, skip, t => Takes(query, t), MostLookedAt, cancellationToken);
            return view with { Steps = [.. steps.Select(t => Row(t, now))], Next = next is null ? null : (query with { Cursor = next }).Href };
        }
        catch (StoreException e)
        {
            return view with { Problem = "The history can't be read: " + e.Message };
        }
    }

    /// <summary>The latest steps of an asset's alarms, newest first.</summary>
    public async Task<IReadOnlyList<TransitionView>> LatestAsync(AssetId asset, int limit, CancellationToken cancellationToken)
    {
        var now = Instant.Now(clock);
        var steps = await MergedAsync(t => t.Asset == asset, new TransitionQuery(asset, now - TimeSpan.FromDays(30), now + s_ahead, limit), cancellationToken);
        return [.. steps.Reverse().Take(limit).Select(t => Row(t, now))];
    }

    /// <summary>All steps of one alarm, oldest first; empty when nobody knows of it.</summary>
    public Task<IReadOnlyList<AlarmTransition>> StepsAsync(AssetId asset, string alarmId, Instant raisedAt, CancellationToken cancellationToken) =>
        MergedAsync(t => t.AlarmId == alarmId, new TransitionQuery(asset, raisedAt, Instant.Now(clock) + s_ahead, MostSteps), cancellationToken);

    public TransitionView Row(AlarmTransition step, Instant now)
    {
        var site = sites.Of(step.Asset.Site);
        return new TransitionView(
            LocalTime.Of(step.At, site.TimeZone, now),
            new AlarmMark(Words.Of(step.Severity), step.To is AlarmState.Unacknowledged or AlarmState.ReturnedUnacknowledged, step.Severity.ToString()),
            step.Title,
            AlarmReader.Href(step.AlarmId),
            alarms.NameOf(step.Asset),
            AlarmReader.Href(step.Asset),
            site.DisplayName,
            AlarmReader.StepText(step),
            alarms.ValueText(step.Rule, step.Value),
            step.By,
            step.Why);
    }

    private bool Takes(AlarmHistoryQuery query, AlarmTransition step) =>
        (query.Step is null || step.To == query.Step)
        && (query.Least is null || step.Severity >= query.Least)
        && (query.Site is null || string.Equals(step.Asset.Site, query.Site, StringComparison.Ordinal))
        && (query.Text is not { } text || alarms.Holds(step, text) || step.By.Contains(text, StringComparison.OrdinalIgnoreCase) || step.Why.Contains(text, StringComparison.OrdinalIgnoreCase));

    private async Task<IReadOnlyList<AlarmTransition>> MergedAsync(Func<AlarmTransition, bool> wanted, TransitionQuery query, CancellationToken cancellationToken)
    {
        var steps = new List<AlarmTransition>();
        try
        {
            var (stored, _) = await TransitionPager.ReadAsync(store, query, 0, wanted, MostLookedAt, cancellationToken);
            steps.AddRange(stored.Reverse());
        }
        catch (StoreException)
        {
            // The banner says that the store is ill; what this process saw is shown all the same.
        }

        var known = steps.Select(t => (t.AlarmId, t.At, t.To)).ToHashSet();
        steps.AddRange(book.Recent(wanted, query.Limit).Reverse().Select(n => n.Transition).Where(t => known.Add((t.AlarmId, t.At, t.To))));
        return [.. steps.OrderBy(t => t.At)];
    }
}
