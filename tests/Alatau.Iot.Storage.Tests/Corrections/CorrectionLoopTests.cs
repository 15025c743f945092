using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Testing;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Storage.Tests.Corrections;

public sealed class CorrectionLoopTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Late_ReadingIntoAClosedMinute_IsInItsWindowsWithAHigherRevision()
    {
        await using var world = new CorrectedWorld(_folder.Path);
        Fill(world, 0, 7200, step: 30);

        world.Post(At(7200), Of(95, "activePower", 1_000_000));
        await world.SettleAsync(Token);

        Assert.Equal(1, world.Outcomes[ReadingOutcome.Late]);
        foreach (var (span, start, count) in ((WindowSpan, double, int)[])[(WindowSpan.OneMinute, 60, 3), (WindowSpan.QuarterHour, 0, 31), (WindowSpan.OneHour, 0, 121)])
        {
            var summary = world.Windows("activePower", span).Single(w => w.Window.Start == At(start)).Summary;
            Assert.Equal((count, 1_000_000, 1), (summary.Count, summary.Maximum, (int)summary.Revision));
        }

        Assert.Equal(3, world.Corrected.Count);
    }

    [Fact]
    public async Task Late_AnHoursBacklogAtOnce_IsOneRecomputation()
    {
        await using var world = new CorrectedWorld(_folder.Path);
        world.Post(At(0), Of(0, "activePower", 1));
        world.Post(At(7200), Of(7200, "activePower", 1));
        for (int at = 10; at < 3600; at += 10)
        {
            world.Post(At(7200), Of(at, "activePower", at));
        }

        await world.SettleAsync(Token);

        Assert.Equal(1, world.Loop.Assets);
        Assert.Equal((360, 1), (world.Windows("activePower", WindowSpan.OneHour)[0].Summary.Count, (int)world.Windows("activePower", WindowSpan.OneHour)[0].Summary.Revision));
        Assert.Equal(60, world.Windows("activePower", WindowSpan.OneMinute).Count(w => w.Window.Start < At(3600)));
        Assert.InRange(world.Store.SeriesReads, 1, 10);
    }

    [Fact]
    public async Task Late_BeyondTheLimit_IsStoredAndCountedAndChangesNoWindow()
    {
        await using var world = new CorrectedWorld(_folder.Path, options: new ProcessorOptions { LatenessLimit = TimeSpan.FromHours(1) });
        Fill(world, 0, 7200, step: 30);

        world.Post(At(7200), Of(95, "activePower", 1_000_000));
        await world.SettleAsync(Token);

        Assert.Equal(1, world.Outcomes[ReadingOutcome.TooLate]);
        Assert.Empty(world.Corrected);
        var stored = await world.Store.ReadSeriesAsync(new SeriesQuery(world.Asset.Id, Catalog.Id("activePower"), At(95), At(96), null, 10), Token);
        Assert.Equal(1_000_000, Assert.Single(stored.Points).Value);
    }

    [Fact]
    public async Task Late_StoreIsAway_WaitsAndThenCorrects()
    {
        await using var world = new CorrectedWorld(_folder.Path);
        Fill(world, 0, 7200, step: 30);
        await world.FlushAsync(Token);
        world.Store.IsAway = true;

        world.Post(At(7200), Of(95, "activePower", 1_000_000));
        var round = world.Loop.RunOnceAsync(Token);
        await Eventually.TrueAsync(() => world.IsStoreAway);
        Assert.False(round.IsCompleted);
        Assert.Equal(1, world.Marks.Waiting);

        world.Store.IsAway = false;
        await round;
        await world.SettleAsync(Token);
        Assert.Equal(3, world.Corrected.Count);
        Assert.Equal(0, world.Marks.Waiting);
    }

    [Fact]
    public async Task Marks_KilledBeforeTheCorrection_AreMadeAfterTheNextStart()
    {
        await using var world = new CorrectedWorld(_folder.Path);
        Fill(world, 0, 7200, step: 30);
        world.Post(At(7200), Of(95, "activePower", 1_000_000));
        await world.FlushAsync(Token);
        await world.Marks.MakeDurableAsync(Token);

        world.Restart();
        Assert.Equal(1, world.Marks.Waiting);
        await world.SettleAsync(Token);
        Assert.Equal(3, world.Corrected.Count);

        // The file still holds the mark: made again, nothing differs.
        world.Restart();
        Assert.Equal(1, world.Marks.Waiting);
        await world.SettleAsync(Token);
        Assert.Equal(3, world.Corrected.Count);

        await world.Marks.MakeDurableAsync(Token);
        world.Restart();
        Assert.Equal(0, world.Marks.Waiting);
    }

    [Fact]
    public async Task Marks_FileIsDamaged_IsLeftBehind()
    {
        await using var world = new CorrectedWorld(_folder.Path);
        Fill(world, 0, 7200, step: 30);
        world.Post(At(7200), Of(95, "activePower", 1));
        await world.Marks.MakeDurableAsync(Token);
        string file = Path.Combine(_folder.Path, "corrections", "marks");
        byte[] bytes = await File.ReadAllBytesAsync(file, Token);
        bytes[9] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Token);

        world.Restart();

        Assert.Equal(0, world.Marks.Waiting);
    }

    [Fact]
    public async Task Late_RawReadingsArePastRetention_KeepsTheWindows()
    {
        // The life lies years before or after the present; a day of retention ends before it.
        await using var world = new CorrectedWorld(_folder.Path, retention: new RetentionOptions { RawDays = 1 });
        var old = Start - TimeSpan.FromDays(5000);
        for (int at = 0; at <= 7200; at += 30)
        {
            world.Post(Start, Of((old - Start).TotalSeconds + at, "activePower", 1));
        }

        world.Post(Start, Of((old - Start).TotalSeconds + 95, "activePower", 5));
        await world.SettleAsync(Token);

        Assert.Empty(world.Corrected);
    }

    [Fact]
    public async Task Late_RegisterReadBetween_MovesTheGainToWhereItBelongs()
    {
        await using var world = new CorrectedWorld(_folder.Path);
        world.Post(At(30), Of(30, "energyImport", 100));
        world.Post(At(4000), Of(4000, "energyImport", 500));

        world.Post(At(4001), Of(3599, "energyImport", 450));
        world.Post(At(8000), Of(8000, "energyImport", 500));
        await world.SettleAsync(Token);

        var hours = world.Windows("energyImport", WindowSpan.OneHour);
        Assert.Equal([350.0, 50.0], hours.Select(h => h.Summary.Delta));
        Assert.Equal(450, world.Windows("energyImport", WindowSpan.OneMinute).Sum(w => w.Summary.Delta) + 50);
    }

    [Fact]
    public async Task Late_IntoTheHourAfterAGlitch_DoesNotBookTheMetersWholeLife()
    {
        await using var world = new CorrectedWorld(_folder.Path);
        for (int at = 0; at < 3600; at += 60)
        {
            world.Post(At(at), Of(at, "energyImport", at is >= 1200 and < 7200 ? 0 : 15_500_000 + at));
        }

        // Four hours at zero, then back.
        for (int at = 3600; at < 18_000; at += 60)
        {
            world.Post(At(at), Of(at, "energyImport", 0));
        }

        for (int at = 18_000; at <= 25_200; at += 60)
        {
            world.Post(At(at), Of(at, "energyImport", 15_500_000 + at));
        }

        world.Post(At(25_200), Of(18_030, "energyImport", 15_500_000 + 18_030));
        await world.SettleAsync(Token);

        Assert.InRange(world.Windows("energyImport", WindowSpan.OneHour).Sum(h => h.Summary.Delta), 0, 25_200);
        Assert.NotEmpty(world.Corrected);
    }

    private static void Fill(CorrectedWorld world, double from, double to, double step)
    {
        for (double at = from; at <= to; at += step)
        {
            world.Post(At(at), Of(at, "activePower", at));
        }
    }
}
