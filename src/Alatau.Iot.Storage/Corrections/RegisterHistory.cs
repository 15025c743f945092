using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Corrections;

/// <summary>Finds where a counter's register stood before a stretch: the reading before it, and a fall that it may still return from.</summary>
/// <remarks>
/// The raw readings of the hour before are looked at, then the one-hour windows of a week, which show a fall as a smallest value below the last one before, and only if there is none either those of two years.
/// Raw readings are read only of the hours that matter.
/// </remarks>
internal sealed class RegisterHistory(StoredSeries stored)
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_near = TimeSpan.FromDays(7);
    private static readonly TimeSpan s_far = TimeSpan.FromDays(731);

    /// <summary>Tells <paramref name="recomputation"/> what came before <paramref name="from"/>, or after what it knows already.</summary>
    internal async Task PrecedeAsync(WindowRecomputation recomputation, SeriesQuery series, Instant from, CancellationToken cancellationToken)
    {
        var before = await stored.ReadAsync(series, from - s_hour, from, null, cancellationToken);
        bool isResumed = recomputation.NewestAt > Instant.MinValue;
        double known = isResumed ? recomputation.NewestValue : double.NaN;
        var hours = await stored.ReadAsync(series, isResumed ? Window.Holding(recomputation.NewestAt, WindowSpan.OneHour).End : from - s_near, from, WindowSpan.OneHour, cancellationToken);
        if (!isResumed && hours.Count == 0 && !before.Exists(IsUsable))
        {
            hours = await stored.ReadAsync(series, from - s_far, from - s_near, WindowSpan.OneHour, cancellationToken);
        }

        int fall = LastFall(hours, known);
        if (fall >= 0)
        {
            Precede(await stored.ReadAsync(series, hours[Math.Max(0, fall - 1)].At, hours[fall].At + s_hour, null, cancellationToken));
        }

        if (fall >= 0 || isResumed)
        {
            // Hour by hour, so that a register that grew past where it fell from isn't taken for one that came back.
            foreach (var hour in hours.Take(hours.Count - 1).Skip(fall + 1).Where(hour => hour.At + s_hour <= from - s_hour))
            {
                recomputation.Precede(hour.At + s_hour - s_step, hour.Summary!.Value.Last);
            }
        }

        if (hours.Count > 0 && !before.Exists(IsUsable))
        {
            var last = hours[^1];
            Precede(await stored.ReadAsync(series, last.At, Instant.Min(last.At + s_hour, from), null, cancellationToken));

            // Its raw readings may have gone by retention.
            recomputation.Precede(last.At, last.Summary!.Value.Last);
        }

        Precede(before);

        void Precede(List<SeriesPoint> readings)
        {
            foreach (var reading in readings.Where(IsUsable))
            {
                recomputation.Precede(reading.At, reading.Value);
            }
        }
    }

    /// <summary>The hour in which the register fell for the last time without having come back since; -1 for none.</summary>
    /// <param name="before">The register before the first of them; NaN when unknown.</param>
    internal static int LastFall(List<SeriesPoint> hours, double before)
    {
        int fall = -1;
        double level = double.NaN;
        for (int i = 0; i < hours.Count; i++)
        {
            var hour = hours[i].Summary!.Value;
            if (fall >= 0 && hour.Maximum >= level)
            {
                fall = -1;
            }

            double last = i > 0 ? hours[i - 1].Summary!.Value.Last : before;
            if (hour.Minimum < last)
            {
                (fall, level) = (i, last);
            }

            if (hour.Maximum > hour.Last)
            {
                (fall, level) = (i, hour.Maximum);
            }
        }

        return fall;
    }

    private static bool IsUsable(SeriesPoint reading) => reading.Quality != Quality.Bad;
}
