using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Xunit;

namespace Alatau.Iot.Testing.Conformance;

/// <summary>A store over a test's own place, with words to fill and read it.</summary>
public abstract class HistoryStoreCase : IAsyncLifetime
{
    /// <summary>An instant that starts a window of every span: 2026-11-22T05:00:00Z.</summary>
    protected static readonly Instant Start = new(1_795_323_600_000);

    private readonly List<IHistoryStore> _open = [];
    private IHistoryStore? _store;

    protected AssetDirectory Assets { get; private protected set; } = new();

    protected MeasurandCatalog Measurands { get; } = new();

    protected virtual RetentionOptions Retention { get; } = new() { RawDays = 30, OneMinuteDays = 90, QuarterHourDays = 730, OneHourDays = 0, AlarmDays = 0 };

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

    protected static AlarmTransition Transition(string asset, Instant at, AlarmState from, AlarmState to, string text, double? value)
    {
        var id = AssetId.Of("gate", asset);
        const string rule = "voltage-low";
        return new AlarmTransition(AlarmTransition.IdOf(id, rule, Start), id, rule, "Title " + text, AlarmSeverity.High, from, to, at, Start, value, "platform", text);
    }
}
