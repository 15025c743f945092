using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Corrections;

/// <summary>Makes the windows of a stretch again from the stored readings, and answers those that differ from the stored ones, each with a revision above.</summary>
internal sealed class SeriesCorrection
{
    /// <summary>Relative difference of two sums of the same numbers in another order.</summary>
    private const double Rounding = 1e-9;

    private readonly StoredSeries _stored;
    private readonly RegisterHistory _registers;
    private readonly AssetDirectory _assets;
    private readonly MeasurandCatalog _measurands;

    internal SeriesCorrection(IHistoryStore store, AssetDirectory assets, MeasurandCatalog measurands)
    {
        _stored = new StoredSeries(store);
        _registers = new RegisterHistory(_stored);
        (_assets, _measurands) = (assets, measurands);
    }

    /// <param name="before">Where the series stood after the stretch made before this one, whose windows may not be stored yet; null for none. It lies before this stretch.</param>
    /// <param name="corrections">Takes what differs.</param>
    /// <returns>Up to where windows were made, which may be later than asked, and where the series stood there.</returns>
    /// <exception cref="StoreException">The store doesn't answer.</exception>
    internal async Task<(Instant To, RegisterMark? Mark)> MakeAsync(AssetHandle handle, Stretch stretch, RegisterMark? before, List<WindowCorrection> corrections, CancellationToken cancellationToken)
    {
        var asset = _assets[handle];
        var measurand = _measurands[stretch.Measurand];
        var series = new SeriesQuery(asset.Id, measurand.Id, stretch.From, stretch.To, null, 1);
        var made = new WindowRecomputation(measurand, asset);
        bool isCounter = measurand.Kind == MeasurandKind.Counter;
        var to = stretch.To;
        if (isCounter)
        {
            if (before is { } mark)
            {
                made.Resume(in mark);
            }

            await _registers.PrecedeAsync(made, series, stretch.From, cancellationToken);

            // The next reading's gain begins where this stretch ends.
            if (await _stored.FirstAsync(series, stretch.To, new Instant(stretch.NewestAt.UnixMilliseconds + 1), cancellationToken) is { } next)
            {
                to = Window.Holding(next, WindowSpan.OneHour).End;
            }
        }

        await AddAsync(stretch.From, to);
        var end = Window.Holding(stretch.NewestAt, WindowSpan.OneHour).End;
        if (made.TurnedAt >= stretch.From && to < end)
        {
            // What the register gains when it comes back depends on how it fell, and may be gained much later.
            await AddAsync(to, end);
            to = end;
        }

        var windows = made.Finish();
        foreach (var span in WindowSpans.All.ToArray())
        {
            await CompareAsync(series, stretch, span, to, windows, corrections, cancellationToken);
        }

        return (to, made.NewestAt > Instant.MinValue ? made.Mark : before);

        async Task AddAsync(Instant start, Instant stop)
        {
            foreach (var reading in await _stored.ReadAsync(series, start, stop, null, cancellationToken))
            {
                made.Add(reading.At, reading.Value, reading.Quality);
            }
        }
    }

    private async Task CompareAsync(SeriesQuery series, Stretch stretch, WindowSpan span, Instant to, IReadOnlyList<WindowUpdate> windows, List<WindowCorrection> corrections, CancellationToken cancellationToken)
    {
        var held = Window.Holding(stretch.NewestAt, span).Start;
        var stored = (await _stored.ReadAsync(series, stretch.From, to, span, cancellationToken)).ToDictionary(point => point.At, point => point.Summary!.Value);
        foreach (var window in windows)
        {
            bool isHeld = window.Window.Start == held;
            if (window.Window.Span != span || window.Window.Start > held || (isHeld && !stretch.AlsoHeld))
            {
                continue;
            }

            if (!stored.TryGetValue(window.Window.Start, out var present))
            {
                corrections.Add(new WindowCorrection(window, isHeld));
            }
            else if (isHeld || !IsSame(window.Summary, in present))
            {
                ushort revision = (ushort)Math.Min(ushort.MaxValue, present.Revision + 1);
                corrections.Add(new WindowCorrection(window with { Summary = window.Summary with { Revision = revision } }, isHeld));
            }
        }
    }

    private static bool IsSame(in WindowSummary made, in WindowSummary stored) =>
        made.Count == stored.Count && made.Quality == stored.Quality && made.Minimum == stored.Minimum && made.Maximum == stored.Maximum && made.Last == stored.Last
        && IsNear(made.Mean, stored.Mean, Math.Max(Math.Abs(made.Minimum), Math.Abs(made.Maximum))) && IsNear(made.Delta, stored.Delta, Math.Abs(made.Maximum))
        && (made.Completeness == stored.Completeness || (float.IsNaN(made.Completeness) && float.IsNaN(stored.Completeness)));

    private static bool IsNear(double a, double b, double scale) => Math.Abs(a - b) <= Rounding * Math.Max(1, scale);
}
