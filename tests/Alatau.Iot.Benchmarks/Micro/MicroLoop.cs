using Alatau.Iot.Benchmarks.Reporting;

namespace Alatau.Iot.Benchmarks.Micro;

/// <summary>Times one action in this process: warm until optimised, then the median of rounds.</summary>
internal static class MicroLoop
{
    private const int Rounds = 7;
    private static readonly TimeSpan s_warm = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(300);

    /// <param name="operations">Operations of one call of <paramref name="action"/>.</param>
    /// <returns>Nanoseconds and managed bytes of one operation.</returns>
    public static (double Nanoseconds, double Bytes) Measure(long operations, Action action)
    {
        RunFor(s_warm, action);
        var times = new List<double>();
        var bytes = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            long began = TimeProvider.System.GetTimestamp();
            long calls = RunFor(s_round, action);
            times.Add(TimeProvider.System.GetElapsedTime(began).TotalNanoseconds / (calls * operations));
            bytes.Add((GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)(calls * operations));
        }

        return (Figures.Median(times), Figures.Median(bytes));
    }

    private static long RunFor(TimeSpan duration, Action action)
    {
        long began = TimeProvider.System.GetTimestamp();
        long calls = 0;
        do
        {
            action();
            calls++;
        }
        while (TimeProvider.System.GetElapsedTime(began) < duration);

        return calls;
    }
}
