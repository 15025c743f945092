using System.Diagnostics;
using Alatau.Iot.Ingest.Journal;

namespace Alatau.Iot.Ingest.Tests.Journal;

public sealed class CommitTimesTests
{
    [Fact]
    public void Quantile_KnownTimes_IsAtMostAQuarterTooHigh()
    {
        var times = new CommitTimes();
        Assert.Equal(TimeSpan.Zero, times.Quantile(0.5));
        for (int i = 1; i <= 10_000; i++)
        {
            times.Add(TimeSpan.FromMicroseconds(i), Stopwatch.Frequency);
        }

        foreach (double part in new[] { 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 1 })
        {
            double exact = part * 10_000;
            Assert.InRange(times.Quantile(part).TotalMicroseconds, exact, Math.Max(exact + 1, exact * 1.26));
        }
    }

    [Fact]
    public void Quantile_TwoMinutesLater_HasForgotten()
    {
        var times = new CommitTimes();
        times.Add(TimeSpan.FromSeconds(1), Stopwatch.Frequency);
        times.Add(TimeSpan.FromMilliseconds(1), Stopwatch.Frequency * 62);
        Assert.True(times.Quantile(1) >= TimeSpan.FromSeconds(1));
        times.Add(TimeSpan.FromMilliseconds(1), Stopwatch.Frequency * 125);
        Assert.InRange(times.Quantile(1).TotalMilliseconds, 1, 1.3);
    }
}
