using System.Collections.Concurrent;
using System.Globalization;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>What befalls platform, database, disk and clock, each by a die of its own, side by side. The seed throws them; only how the machine's threads meet differs between two runs.</summary>
internal sealed class Tormentors(int seed, TorturedPlatform platform, InfluxDatabase? database, TorturedDatabase? proxy, TorturedDisk disk, TorturedClock clock)
{
    private static readonly DatabaseIll[] s_ills =
        [DatabaseIll.Unavailable, DatabaseIll.TooManyRequests, DatabaseIll.Reset, DatabaseIll.ResetAfterStoring, DatabaseIll.Silence, DatabaseIll.StoredLate, DatabaseIll.PartialWrite];

    private readonly ConcurrentQueue<string> _events = new();
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private volatile bool _isDiskFull;

    /// <summary>What befell when, in the order of time.</summary>
    public IReadOnlyCollection<string> Events => _events;

    public string Summary => string.Join(", ", _counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value}"));

    /// <summary>Torments for a time, then leaves everything well and running.</summary>
    public async Task RunAsync(TimeSpan time)
    {
        using var over = new CancellationTokenSource(time, TimeProvider.System);
        var all = new List<Task> { KillPlatformAsync(new Random(seed), over.Token) };
        if (database is not null && proxy is not null)
        {
            all.Add(HurtDatabaseAsync(new Random(seed + 1), over.Token));
        }

        if (disk.WhyNot is null)
        {
            all.Add(FillDiskAsync(new Random(seed + 2), over.Token));
        }

        if (TorturedClock.WhyNot is null)
        {
            all.Add(StepClockAsync(new Random(seed + 3), over.Token));
        }

        await Task.WhenAll(all);
    }

    private void Note(string kind, string detail = "")
    {
        _counts.AddOrUpdate(kind, 1, static (_, n) => n + 1);
        _events.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(_began).TotalSeconds,7:F2} s  {kind} {detail}"));
    }

    private static async Task<bool> PauseAsync(Random random, double from, double to, CancellationToken over)
    {
        await Task.Delay(TimeSpan.FromSeconds(from + (random.NextDouble() * (to - from))), TimeProvider.System, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !over.IsCancellationRequested;
    }

    private async Task KillPlatformAsync(Random random, CancellationToken over)
    {
        while (await PauseAsync(random, 1.5, 6, over))
        {
            if (platform.HasDied)
            {
                throw new InvalidOperationException("The platform ended by itself.");
            }

            Note("SIGKILL platform");
            await platform.KillAsync();
            await PauseAsync(random, 0, 0.5, over);
            while (random.Next(4) == 0 && !over.IsCancellationRequested)
            {
                // In the middle of its start: recovery, replay or the first messages.
                platform.Launch();
                await PauseAsync(random, 0.2, 2.5, over);
                Note("SIGKILL platform while it starts");
                await platform.KillAsync();
            }

            await platform.StartAsync(() => _isDiskFull);
        }
    }

    private async Task HurtDatabaseAsync(Random random, CancellationToken over)
    {
        while (await PauseAsync(random, 0.2, 1.5, over))
        {
            switch (random.Next(s_ills.Length + 3))
            {
                case 0:
                    Note("SIGKILL database");
                    await database!.KillAsync();
                    await PauseAsync(random, 0, 2, over);
                    await database.RestartAsync();
                    break;
                case 1:
                    Note("SIGSTOP database");
                    await database!.PauseAsync();
                    await PauseAsync(random, 0.3, 4, over);
                    await database.ResumeAsync();
                    break;
                case 2:
                    Note("SIGKILL database while it stands");
                    await database!.PauseAsync();
                    await PauseAsync(random, 0.1, 1, over);
                    await database.KillAsync();
                    await database.RestartAsync();
                    break;
                case var which:
                    var ill = s_ills[which - 3];
                    Note("database " + ill);
                    proxy!.Befall(ill);
                    await PauseAsync(random, 0.3, 3, over);
                    proxy.Befall(DatabaseIll.None);
                    break;
            }
        }
    }

    private async Task FillDiskAsync(Random random, CancellationToken over)
    {
        while (await PauseAsync(random, 1, 6, over))
        {
            Note("disk full");
            _isDiskFull = true;
            disk.Fill();
            await PauseAsync(random, 0.3, 2.5, over);
            disk.Free();
            _isDiskFull = false;
        }
    }

    private async Task StepClockAsync(Random random, CancellationToken over)
    {
        while (await PauseAsync(random, 0.5, 4, over))
        {
            // A gaussian of minutes, and now and then an hour.
            double seconds = random.Next(5) == 0 ? random.Next(-3600, 3600) : random.Next(-120, 120);
            Note("clock step", string.Create(CultureInfo.InvariantCulture, $"to {seconds:+0;-0} s"));
            clock.Step(TimeSpan.FromSeconds(seconds));
        }

        clock.Step(TimeSpan.Zero);
    }
}
