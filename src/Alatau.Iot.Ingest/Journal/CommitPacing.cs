using System.Diagnostics;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>How long a batch may grow before it is committed.</summary>
internal static class CommitPacing
{
    private static readonly TimeSpan FirstStep = TimeSpan.FromMicroseconds(200);

    /// <summary>Returns at once after a pause of a commit interval; else when no record has come for a step, when there is enough, or when the interval is over. Steps double.</summary>
    /// <param name="open">The buffer that grows.</param>
    /// <param name="lastEnd">When the last commit ended, as a <see cref="Stopwatch"/> timestamp.</param>
    /// <param name="isClosed">Ends it early.</param>
    public static void Gather(AppendBuffer open, JournalOptions options, long lastEnd, Func<bool> isClosed)
    {
        long begin = Stopwatch.GetTimestamp();
        var interval = options.CommitInterval;
        if (Stopwatch.GetElapsedTime(lastEnd, begin) >= interval)
        {
            return;
        }

        int enough = Math.Min(options.CommitBytes, open.Capacity / 2);
        var step = FirstStep;
        while (!isClosed())
        {
            int before = open.Bytes;
            var left = interval - Stopwatch.GetElapsedTime(begin);
            if (before >= enough || left <= TimeSpan.Zero)
            {
                return;
            }

            Nap.Take(left < step ? left : step);
            if (open.Bytes == before)
            {
                return;
            }

            step *= 2;
        }
    }
}
