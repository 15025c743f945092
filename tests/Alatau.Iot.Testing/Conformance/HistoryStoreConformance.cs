// Longer than 400 lines: one contract whose tests are inherited as one class; divided it could be derived by halves.
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Xunit;

namespace Alatau.Iot.Testing.Conformance;

/// <summary>What every <see cref="IHistoryStore"/> does. Derive it, say how the store is made, and it is proven.</summary>
public abstract partial class HistoryStoreConformance : HistoryStoreCase
{
    [Fact]
    public async Task WriteAsync_Readings_AreReadOldestFirst()
    {
        double[] values = [1234.5, -0.001, 0, 1e-300, 123456789.123456789, double.MaxValue, double.MinValue, double.Epsilon, 0.1 + 0.2];
        for (int i = values.Length - 1; i >= 0; i--)
        {
            Add("gate", "meter-1", "activePower", Start + TimeSpan.FromMinutes(i), values[i]);
        }

        await WriteAsync();
        var page = await ReadAsync("gate", "meter-1", "activePower");
        Assert.Equal(values, page.Points.Select(p => p.Value));
        Assert.Equal(Enumerable.Range(0, values.Length).Select(i => Start + TimeSpan.FromMinutes(i)), page.Points.Select(p => p.At));
        Assert.All(page.Points, p => Assert.Null(p.Summary));
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task WriteAsync_EveryQuality_IsReadBack()
    {
        foreach (var quality in Enum.GetValues<Quality>())
        {
            Add("gate", "meter-1", "activePower", Start + TimeSpan.FromSeconds((int)quality), 10 + (int)quality, quality);
            Add("gate", "meter-1", "voltage.l1", Start + TimeSpan.FromSeconds((int)quality), 230);
        }

        await WriteAsync();
        var power = await ReadAsync("gate", "meter-1", "activePower");
        Assert.Equal(Enum.GetValues<Quality>(), power.Points.Select(p => p.Quality));
        Assert.Equal([10, 11, 12, 13], power.Points.Select(p => p.Value));
        Assert.All((await ReadAsync("gate", "meter-1", "voltage.l1")).Points, p => Assert.Equal((Quality.Good, 230), (p.Quality, p.Value)));
    }

    [Fact]
    public async Task ReadSeriesAsync_Span_HoldsItsStartAndNotItsEnd()
    {
        for (int i = 0; i < 60; i++)
        {
            Add("gate", "meter-1", "activePower", Start + TimeSpan.FromMinutes(i), i);
        }

        await WriteAsync();
        var page = await ReadAsync("gate", "meter-1", "activePower", Start + TimeSpan.FromMinutes(7), Start + TimeSpan.FromMinutes(42));
        Assert.Equal(Enumerable.Range(7, 35).Select(i => (double)i), page.Points.Select(p => p.Value));
    }

    [Fact]
    public async Task ReadSeriesAsync_Limit_PagesWithoutGapOrOverlap()
    {
        for (int i = 0; i < 95; i++)
        {
            Add("gate", "meter-1", "activePower", Start + TimeSpan.FromSeconds(i * 37), i);
        }

        await WriteAsync();
        var values = new List<double>();
        int pages = 0;
        for (Instant? from = new Instant(0); from is { } at; pages++)
        {
            var page = await ReadAsync("gate", "meter-1", "activePower", at, limit: 10);
            Assert.InRange(page.Points.Count, 1, 10);
            values.AddRange(page.Points.Select(p => p.Value));
            from = page.Next;
        }

        Assert.Equal(10, pages);
        Assert.Equal(Enumerable.Range(0, 95).Select(i => (double)i), values);
    }

    [Fact]
    public async Task ReadSeriesAsync_NobodyWroteIt_IsEmpty()
    {
        Add("gate", "meter-1", "activePower", Start, 1);
        await WriteAsync();
        Assert.Empty((await ReadAsync("gate", "meter-2", "activePower")).Points);
        Assert.Empty((await ReadAsync("golden", "meter-1", "activePower")).Points);
        Assert.Empty((await ReadAsync("gate", "meter-1", "voltage")).Points);
        Assert.Empty((await ReadWindowsAsync("gate", "meter-1", "activePower", WindowSpan.OneHour)).Points);
    }

    [Fact]
    public async Task ReadSeriesAsync_AllOfTime_FindsRowsYearsApart()
    {
        Instant[] times = [Instant.EarliestPlausible, Start - TimeSpan.FromDays(3000), Start, Start + TimeSpan.FromDays(400)];
        foreach (var time in times)
        {
            Add("gate", "meter-1", "activePower", time, time.UnixMilliseconds);
        }

        await WriteAsync();
        Assert.Equal(times, (await ReadAsync("gate", "meter-1", "activePower", Instant.MinValue, Instant.MaxValue)).Points.Select(p => p.At));
    }

    [Fact]
    public async Task WriteAsync_SameRowsAgain_ChangesNothing()
    {
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 20; i++)
            {
                Add("gate", "meter-1", "activePower", Start + TimeSpan.FromSeconds(i), i, (Quality)(i % 4));
                AddWindow("gate", "meter-1", "activePower", WindowSpan.OneMinute, Start + TimeSpan.FromMinutes(i), Summary(i));
                AddTransition(i);
            }

            await WriteAsync();
        }

        var readings = await ReadAsync("gate", "meter-1", "activePower");
        Assert.Equal(Enumerable.Range(0, 20).Select(i => ((double)i, (Quality)(i % 4))), readings.Points.Select(p => (p.Value, p.Quality)));
        Assert.Equal(20, (await ReadWindowsAsync("gate", "meter-1", "activePower", WindowSpan.OneMinute)).Points.Count);
        Assert.Equal(20, (await ReadTransitionsAsync()).Count);
    }

    [Fact]
    public async Task WriteAsync_ReadingsOfOneInstantInTwoBatches_AreBothKept()
    {
        Add("gate", "meter-1", "activePower", Start, 1, Quality.Uncertain);
        await WriteAsync();
        Add("gate", "meter-1", "voltage.l1", Start, 230);
        Add("gate", "meter-1", "current.l1", Start, 0, Quality.Bad);
        await WriteAsync();
        Assert.Equal((1, Quality.Uncertain), Only(await ReadAsync("gate", "meter-1", "activePower")));
        Assert.Equal((230, Quality.Good), Only(await ReadAsync("gate", "meter-1", "voltage.l1")));
        Assert.Equal((0, Quality.Bad), Only(await ReadAsync("gate", "meter-1", "current.l1")));
    }

    [Fact]
    public async Task OpenAsync_AfterAnotherWrote_FindsItUnderOtherHandles()
    {
        for (int i = 0; i < 50; i++)
        {
            Add("gate", $"meter-{i}", "activePower", Start, i);
        }

        AddWindow("gate", "meter-7", "activePower", WindowSpan.OneHour, Start, Summary(7));
        AddTransition(0);
        await WriteAsync();
        Assets = new AssetDirectory();
        await ReopenAsync();
        for (int i = 49; i >= 0; i--)
        {
            Add("gate", $"meter-{i}", "activePower", Start + TimeSpan.FromSeconds(1), i + 0.5);
        }

        await WriteAsync();
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal([i, i + 0.5], (await ReadAsync("gate", $"meter-{i}", "activePower")).Points.Select(p => p.Value));
        }

        Assert.Single((await ReadWindowsAsync("gate", "meter-7", "activePower", WindowSpan.OneHour)).Points);
        Assert.Single(await ReadTransitionsAsync());
    }

    [Fact]
    public async Task WriteAsync_ManyRows_AllArrive()
    {
        for (int i = 0; i < 12_345; i++)
        {
            Add("gate", $"meter-{i % 5}", "activePower", Start + TimeSpan.FromMilliseconds(i * 250), i);
        }

        await WriteAsync();
        for (int asset = 0; asset < 5; asset++)
        {
            var page = await ReadAsync("gate", $"meter-{asset}", "activePower", limit: 10_000);
            Assert.Equal(Enumerable.Range(0, 12_345).Where(i => i % 5 == asset).Select(i => (double)i), page.Points.Select(p => p.Value));
        }
    }

    /// <summary>Whether the store deletes what is past its retention; false where the database behind it does so by itself.</summary>
    protected virtual bool Deletes => true;

    [Fact]
    public async Task EnforceRetentionAsync_EachTier_LosesWhatIsPastItsOwn()
    {
        // Days before now at which rows are written; a store may keep a row up to three days longer than it must.
        int[] ages = [1, 29, 34, 89, 94, 729, 734, 3000];
        var now = Start;
        foreach (int age in ages)
        {
            var at = now - TimeSpan.FromDays(age);
            Add("gate", "meter-1", "activePower", at, age);
            foreach (var span in WindowSpans.All)
            {
                AddWindow("gate", "meter-1", "activePower", span, at, Summary(age));
            }

            Batch.Transitions.Add(Transition("meter-1", at, AlarmState.Normal, AlarmState.Unacknowledged, "old", null));
        }

        await WriteAsync();
        long deleted = await Store.EnforceRetentionAsync(now, Token);
        if (!Deletes)
        {
            Assert.Equal(0, deleted);
            Assert.Equal(ages.Length, (await ReadAsync("gate", "meter-1", "activePower")).Points.Count);
            return;
        }

        Assert.Equal([29, 1], (await ReadAsync("gate", "meter-1", "activePower")).Points.Select(p => p.Value));
        Assert.Equal([89, 34, 29, 1], (await ReadWindowsAsync("gate", "meter-1", "activePower", WindowSpan.OneMinute)).Points.Select(p => p.Value));
        Assert.Equal([729, 94, 89, 34, 29, 1], (await ReadWindowsAsync("gate", "meter-1", "activePower", WindowSpan.QuarterHour)).Points.Select(p => p.Value));
        Assert.Equal(ages.Reverse().Select(a => (double)a), (await ReadWindowsAsync("gate", "meter-1", "activePower", WindowSpan.OneHour)).Points.Select(p => p.Value));
        Assert.Equal(ages.Length, (await ReadTransitionsAsync()).Count);
    }

    [Fact]
    public async Task WriteAsync_EmptyBatch_IsNothing()
    {
        await WriteAsync();
        Assert.Null(await Store.CheckAsync(Token));
    }

    [Fact]
    public async Task WriteAsync_RandomBatchesAgainAndAgain_EqualTheModel()
    {
        int seed = 20261122;
        var random = new Random(seed);
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        string[] measurands = ["activePower", "voltage.l1", "energyImport"];
        var model = new Dictionary<(int Asset, string Measurand, Instant At), (double, Quality)>();
        for (int round = 0; round < 12; round++)
        {
            for (int i = 0; i < 200; i++)
            {
                int asset = random.Next(4);
                string measurand = measurands[random.Next(measurands.Length)];
                var at = Start + TimeSpan.FromSeconds(random.Next(4000));
                if (!model.TryGetValue((asset, measurand, at), out var row))
                {
                    row = (random.NextDouble() * 1e6, (Quality)random.Next(4));
                    model[(asset, measurand, at)] = row;
                }

                Add("gate", $"meter-{asset}", measurand, at, row.Item1, row.Item2);
            }

            await WriteAsync();
        }

        for (int asset = 0; asset < 4; asset++)
        {
            foreach (string measurand in measurands)
            {
                var expected = model.Where(m => m.Key.Asset == asset && m.Key.Measurand == measurand).OrderBy(m => m.Key.At).Select(m => (m.Key.At, m.Value.Item1, m.Value.Item2));
                Assert.Equal(expected, (await ReadAsync("gate", $"meter-{asset}", measurand, limit: 10_000)).Points.Select(p => (p.At, p.Value, p.Quality)));
            }
        }
    }

    private static (double, Quality) Only(SeriesPage page)
    {
        var point = Assert.Single(page.Points);
        return (point.Value, point.Quality);
    }
}
