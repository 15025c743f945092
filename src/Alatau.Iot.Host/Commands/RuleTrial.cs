using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Host.Commands;

/// <summary>Runs rules on stored readings through the real asset processor: each reading as if it had arrived when it was measured, each deadline on the way at its time. Nothing is written, nobody is told.</summary>
internal sealed class RuleTrial(IHistoryStore store, MeasurandCatalog catalog, IReadOnlyList<AlarmRule> rules, ProcessorOptions options, IReadOnlyList<Site> sites)
{
    private const int Page = 50_000;
    private static readonly TimeSpan s_piece = TimeSpan.FromDays(1);
    private static readonly string[] s_suffixes = ["", ".l1", ".l2", ".l3"];

    private readonly AlarmRuleSet _set = new(rules, catalog);

    /// <summary>Steps of all assets tried so far, in the order of each asset's life.</summary>
    public List<AlarmTransition> Steps { get; } = [];

    public long Readings { get; private set; }

    /// <summary>Assets that had readings a rule looks at.</summary>
    public int Judged { get; private set; }

    public async Task TryAsync(Asset asset, Instant from, Instant to, CancellationToken stop)
    {
        var measurands = await MeasurandsAsync(asset, from, to, stop);
        if (measurands.Count == 0)
        {
            return;
        }

        var directory = new AssetDirectory();
        directory.TryRegister(asset, out var handle);
        var processor = new AssetProcessor(catalog, directory, _set, options, sites);
        var state = processor.Create(handle);
        long before = Readings;
        for (var start = from; start < to; start += s_piece)
        {
            var end = Instant.Min(start + s_piece, to);
            foreach (var message in await ReadAsync(asset.Id, measurands, start, end, stop))
            {
                Wait(processor, state, message.Key - TimeSpan.FromMilliseconds(1));
                Reading[] readings = [.. message.Select(m => new Reading(message.Key, m.Point.Value, 0, m.Measurand, m.Point.Quality, ReadingOrigin.None))];
                Steps.AddRange(processor.Apply(state, new ReadingBatch(handle, message.Key, 0, 0, readings)).Transitions);
                Readings += readings.Length;
            }
        }

        Wait(processor, state, to - TimeSpan.FromMilliseconds(1));
        Judged += Readings > before ? 1 : 0;
    }

    /// <summary>Keeps every deadline up to <paramref name="until"/>, inclusive.</summary>
    private void Wait(AssetProcessor processor, AssetState state, Instant until)
    {
        for (var deadline = processor.NextDeadline(state); deadline <= until;)
        {
            var update = processor.Tick(state, deadline);
            Steps.AddRange(update.Transitions);
            deadline = update.NextDeadline > deadline ? update.NextDeadline : Instant.MaxValue;
        }
    }

    private async Task<IReadOnlyList<MeasurandId>> MeasurandsAsync(Asset asset, Instant from, Instant to, CancellationToken stop)
    {
        var asked = new HashSet<MeasurandId>();
        foreach (var rule in rules.Where(r => r.AppliesTo(asset)))
        {
            if (rule.Condition is LimitCondition limits)
            {
                asked.UnionWith(limits.IncludesPhases ? WithPhases(catalog[limits.Measurand].BaseName) : [limits.Measurand]);
            }
            else
            {
                // Whoever is to be silent must say nothing at all.
                asked.UnionWith(catalog.All.Where(m => m.Name == m.BaseName).SelectMany(m => WithPhases(m.Name)));
            }
        }

        var found = new List<MeasurandId>();
        foreach (var measurand in asked)
        {
            if ((await store.ReadSeriesAsync(new SeriesQuery(asset.Id, measurand, from, to, null, 1), stop)).Points.Count > 0)
            {
                found.Add(measurand);
            }
        }

        return found;
    }

    private IEnumerable<MeasurandId> WithPhases(string name)
    {
        foreach (string suffix in s_suffixes)
        {
            if (catalog.TryFind(name + suffix, out var id))
            {
                yield return id;
            }
        }
    }

    private async Task<IEnumerable<IGrouping<Instant, (MeasurandId Measurand, SeriesPoint Point)>>> ReadAsync(AssetId asset, IReadOnlyList<MeasurandId> measurands, Instant from, Instant to, CancellationToken stop)
    {
        var points = new List<(MeasurandId Measurand, SeriesPoint Point)>();
        foreach (var measurand in measurands)
        {
            for (Instant? next = from; next is { } start;)
            {
                var page = await store.ReadSeriesAsync(new SeriesQuery(asset, measurand, start, to, null, Page), stop);
                points.AddRange(page.Points.Select(p => (measurand, p)));
                next = page.Next;
            }
        }

        return points.GroupBy(p => p.Point.At).OrderBy(g => g.Key);
    }
}
