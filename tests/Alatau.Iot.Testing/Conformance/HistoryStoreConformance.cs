// Longer than 400 lines: one contract whose tests are inherited as one class; divided it could be derived by halves.
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Xunit;

namespace Alatau.Iot.Testing.Conformance;

/// <summary>What every <see cref="IHistoryStore"/> does. Derive it, say how the store is made, and it is proven.</summary>
public abstract class HistoryStoreConformance : IAsyncLifetime
{
    /// <summary>An instant that starts a window of every span: 2026-11-22T05:00:00Z.</summary>
    protected static readonly Instant Start = new(1_795_323_600_000);

    private readonly List<IHistoryStore> _open = [];
    private IHistoryStore? _store;

    protected AssetDirectory Assets { get; private set; } = new();

    protected MeasurandCatalog Measurands { get; } = new();

    protected RetentionOptions Retention { get; } = new() { RawDays = 30, OneMinuteDays = 90, QuarterHourDays = 730, OneHourDays = 0, AlarmDays = 0 };

    /// <summary>The store under test, open.</summary>
    protected IHistoryStore Store => _store!;

    /// <summary>Makes a store, not yet open, over the test's own place; called again it finds what the one before wrote.</summary>
    protected abstract ValueTask<IHistoryStore> CreateAsync();

    public virtual async ValueTask InitializeAsync() => await ReopenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var store in _open)
        {
            await store.DisposeAsync();
        }
    }

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
    public async Task WriteAsync_WindowsOfEverySpan_AreReadBackWhole()
    {
        var summary = new WindowSummary(58, -3.5, 1e9, 0.1 + 0.2, 17, 4.25, 0.96f, 2, Quality.Uncertain);
        foreach (var span in WindowSpans.All)
        {
            AddWindow("gate", "meter-1", "activePower", span, Start, summary);
            AddWindow("gate", "meter-1", "activePower", span, Start + TimeSpan.FromMilliseconds(span.Milliseconds()), summary with { Completeness = float.NaN, Count = 0 });
        }

        await WriteAsync();
        foreach (var span in WindowSpans.All.ToArray())
        {
            var page = await ReadWindowsAsync("gate", "meter-1", "activePower", span);
            Assert.Equal(2, page.Points.Count);
            Assert.Equal(summary, page.Points[0].Summary);
            Assert.Equal((Start, Quality.Uncertain), (page.Points[0].At, page.Points[0].Quality));
            Assert.Equal(summary with { Completeness = float.NaN, Count = 0 }, page.Points[1].Summary);
        }
    }

    [Theory]
    [InlineData("activePower", 30.0)]
    [InlineData("energyImport", 50.0)]
    [InlineData("switch", 40.0)]
    public async Task ReadSeriesAsync_Window_ValueFitsItsKind(string measurand, double expected)
    {
        AddWindow("gate", "meter-1", measurand, WindowSpan.QuarterHour, Start, new WindowSummary(5, 10, 20, 30, 40, 50, 1, 0, Quality.Good));
        await WriteAsync();
        Assert.Equal(expected, Assert.Single((await ReadWindowsAsync("gate", "meter-1", measurand, WindowSpan.QuarterHour)).Points).Value);
    }

    [Fact]
    public async Task WriteAsync_HigherRevision_ReplacesAndLowerOrSameDoesNot()
    {
        foreach (var (revision, mean) in new (ushort, double)[] { (0, 1), (2, 3), (1, 2), (2, 99), (3, 4), (0, 1) })
        {
            AddWindow("gate", "meter-1", "activePower", WindowSpan.OneMinute, Start, Summary(mean) with { Revision = revision });
            await WriteAsync();
        }

        var point = Assert.Single((await ReadWindowsAsync("gate", "meter-1", "activePower", WindowSpan.OneMinute)).Points);
        Assert.Equal((4.0, (ushort)3), (point.Value, point.Summary!.Value.Revision));
    }

    [Fact]
    public async Task WriteAsync_RevisionsInOneBatch_EndsWithTheHighest()
    {
        foreach (ushort revision in new ushort[] { 0, 1, 3, 2 })
        {
            AddWindow("gate", "meter-1", "activePower", WindowSpan.OneMinute, Start, Summary(revision) with { Revision = revision });
        }

        await WriteAsync();
        Assert.Equal(3, Assert.Single((await ReadWindowsAsync("gate", "meter-1", "activePower", WindowSpan.OneMinute)).Points).Summary!.Value.Revision);
    }

    [Fact]
    public async Task ReadTransitionsAsync_All_AreWholeAndNewestFirst()
    {
        var texts = new[] { "plain", "comma, blank = equals", "quote \" and backslash \\", "line\nbreak\tand tab", "Напряжение ниже нормы 🔌", "" };
        var expected = new List<AlarmTransition>();
        for (int i = 0; i < texts.Length; i++)
        {
            expected.Add(AddTransition(i, text: texts[i], value: i % 2 == 0 ? i * 1.5 : null));
        }

        await WriteAsync();
        expected.Reverse();
        Assert.Equal(expected, await ReadTransitionsAsync());
    }

    [Fact]
    public async Task ReadTransitionsAsync_AssetSpanAndLimit_Narrow()
    {
        for (int i = 0; i < 30; i++)
        {
            AddTransition(i, asset: i % 2 == 0 ? "meter-1" : "meter-2");
        }

        await WriteAsync();
        var from = Start + TimeSpan.FromSeconds(4);
        var to = Start + TimeSpan.FromSeconds(20);
        var found = await Store.ReadTransitionsAsync(new TransitionQuery(AssetId.Of("gate", "meter-1"), from, to, 100), Token);
        Assert.Equal([18, 16, 14, 12, 10, 8, 6, 4], found.Select(t => (int)(t.At - Start).TotalSeconds));
        Assert.Equal(3, (await Store.ReadTransitionsAsync(new TransitionQuery(null, from, to, 3), Token)).Count);
        Assert.Equal(16, (await Store.ReadTransitionsAsync(new TransitionQuery(null, from, to, 100), Token)).Count);
    }

    [Fact]
    public async Task WriteAsync_TwoStepsAtOneInstant_AreBothKept()
    {
        AddTransition(0, from: AlarmState.Normal, to: AlarmState.Unacknowledged);
        AddTransition(0, from: AlarmState.Unacknowledged, to: AlarmState.Acknowledged);
        await WriteAsync();
        Assert.Equal([AlarmState.Unacknowledged, AlarmState.Acknowledged], (await ReadTransitionsAsync()).Select(t => t.To).Order());
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
        await Store.EnforceRetentionAsync(now, Token);
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

    /// <summary>What the next <see cref="WriteAsync"/> writes.</summary>
    protected HistoryBatch Batch { get; } = new();

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected AssetHandle Handle(string site, string asset)
    {
        Assert.True(Assets.TryRegister(new Asset(AssetId.Of(site, asset), asset, AssetKind.Meter), out var handle));
        return handle;
    }

    protected void Add(string site, string asset, string measurand, Instant at, double value, Quality quality = Quality.Good) =>
        Batch.Readings.Add(new ReadingRow(Handle(site, asset), Measurands.Id(measurand), quality, at, value));

    protected void AddWindow(string site, string asset, string measurand, WindowSpan span, Instant start, WindowSummary summary) =>
        Batch.Windows.Add(new WindowRow(Handle(site, asset), new WindowUpdate(Measurands.Id(measurand), Window.Holding(start, span), summary)));

    protected AlarmTransition AddTransition(int second, string asset = "meter-1", AlarmState from = AlarmState.Normal, AlarmState to = AlarmState.Unacknowledged, string text = "text", double? value = 1.5)
    {
        var transition = Transition(asset, Start + TimeSpan.FromSeconds(second), from, to, text, value);
        Batch.Transitions.Add(transition);
        return transition;
    }

    /// <summary>Writes <see cref="Batch"/> and empties it; nothing may be refused.</summary>
    protected async Task WriteAsync()
    {
        Assert.Empty(await Store.WriteAsync(Batch, Token));
        Batch.Clear();
    }

    protected ValueTask<SeriesPage> ReadAsync(string site, string asset, string measurand, Instant? from = null, Instant? to = null, int limit = 1000) =>
        Store.ReadSeriesAsync(new SeriesQuery(AssetId.Of(site, asset), Measurands.Id(measurand), from ?? new Instant(0), to ?? new Instant(4_000_000_000_000), null, limit), Token);

    protected ValueTask<SeriesPage> ReadWindowsAsync(string site, string asset, string measurand, WindowSpan span) =>
        Store.ReadSeriesAsync(new SeriesQuery(AssetId.Of(site, asset), Measurands.Id(measurand), new Instant(0), new Instant(4_000_000_000_000), span, 1000), Token);

    protected ValueTask<IReadOnlyList<AlarmTransition>> ReadTransitionsAsync() =>
        Store.ReadTransitionsAsync(new TransitionQuery(null, Instant.MinValue, Instant.MaxValue, 1000), Token);

    /// <summary>Closes the store and opens another over the same place, with the present <see cref="Assets"/>.</summary>
    protected async Task ReopenAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _store = await CreateAsync();
        _open.Add(_store);
        await _store.OpenAsync(Token);
    }

    protected static WindowSummary Summary(double mean) => new(60, mean - 1, mean + 1, mean, mean, 0, 1, 0, Quality.Good);

    private static (double, Quality) Only(SeriesPage page)
    {
        var point = Assert.Single(page.Points);
        return (point.Value, point.Quality);
    }

    private static AlarmTransition Transition(string asset, Instant at, AlarmState from, AlarmState to, string text, double? value)
    {
        var id = AssetId.Of("gate", asset);
        const string rule = "voltage-low";
        return new AlarmTransition(AlarmTransition.IdOf(id, rule, Start), id, rule, "Title " + text, AlarmSeverity.High, from, to, at, Start, value, "platform", text);
    }
}
