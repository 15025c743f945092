using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Testing.Assets;

/// <summary>One asset with its processor; keeps everything its updates brought, copied. Instants are seconds from <see cref="Start"/>.</summary>
public sealed class AssetUnderTest
{
    private static readonly MeasurandCatalog s_catalog = new();

    private readonly AssetProcessor _processor;
    private readonly AssetDirectory _directory = new();

    public AssetUnderTest(Asset? asset = null, IEnumerable<AlarmRule>? rules = null, ProcessorOptions? options = null, IEnumerable<Site>? sites = null)
    {
        Asset = asset ?? new Asset(AssetId.Of("green", "meter-1"), "Meter 1", AssetKind.Meter);
        _directory.TryRegister(Asset, out var handle);
        _processor = new AssetProcessor(s_catalog, _directory, new AlarmRuleSet(rules ?? [], s_catalog), options ?? new ProcessorOptions(), sites);
        State = _processor.Create(handle);
        NextDeadline = Instant.MaxValue;
    }

    /// <summary>2026-11-22T05:00:00Z: the start of an hour and of a minute.</summary>
    public static Instant Start { get; } = Instant.From(ManualTime.DefaultStart);

    public static MeasurandCatalog Catalog => s_catalog;

    public Asset Asset { get; }

    public AssetState State { get; }

    public AssetProcessor Processor => _processor;

    public List<Reading> Stored { get; } = [];

    public List<WindowUpdate> Windows { get; } = [];

    /// <summary>What was published of windows and changed since, each under the revision that follows.</summary>
    public List<WindowUpdate> Outdated { get; } = [];

    public List<AlarmTransition> Transitions { get; } = [];

    public Dictionary<ReadingOutcome, int> Outcomes { get; } = Enum.GetValues<ReadingOutcome>().ToDictionary(o => o, _ => 0);

    public List<MessageOutcome> Messages { get; } = [];

    public Instant NextDeadline { get; private set; }

    public AssetSnapshot Snapshot => _processor.Snapshot(State) ?? throw new InvalidOperationException("The asset has had no reading.");

    /// <summary>The asset's energy since local midnight and power, as its site's totals see them.</summary>
    public SiteTotals TotalsAt(double seconds)
    {
        var tally = new SiteTally(_processor, s_catalog);
        tally.Add(State, At(seconds));
        return SiteTally.Merge([tally], [KeyValuePair.Create(Asset.Id.Site, 1)], At(seconds))[0];
    }

    public static Instant At(double seconds) => new(Start.UnixMilliseconds + (long)Math.Round(seconds * 1000));

    /// <summary>A reading at <paramref name="seconds"/>.</summary>
    public static Reading Of(double seconds, string measurand, double value, uint sequence = 0, Quality quality = Quality.Good, ReadingOrigin origin = ReadingOrigin.None) =>
        new(At(seconds), value, sequence, s_catalog.Id(measurand), quality, origin);

    /// <summary>Posts one message that arrives as its newest reading is measured.</summary>
    public AssetUnderTest Post(params Reading[] readings) => PostAt(readings.Max(r => r.MeasuredAt), readings);

    /// <summary>Posts one message with one reading, arriving as it is measured.</summary>
    public AssetUnderTest Post(double seconds, string measurand, double value) => Post(Of(seconds, measurand, value));

    public AssetUnderTest PostAt(Instant receivedAt, params Reading[] readings)
    {
        Keep(_processor.Apply(State, new ReadingBatch(State.Handle, receivedAt, 1, 0, readings)));
        return this;
    }

    public AssetUnderTest Tick(double seconds)
    {
        Keep(_processor.Tick(State, At(seconds)));
        return this;
    }

    public AlarmCommandResult Command(double seconds, string rule, AlarmAction action, string why = "", TimeSpan? shelveFor = null, string by = "aigerim")
    {
        var update = _processor.Command(State, new AlarmCommand(State.Handle, rule, action, At(seconds), by, why, shelveFor), out var result);
        Keep(update);
        return result;
    }

    /// <summary>The latest revision of each published window of a measurand, oldest first.</summary>
    public IReadOnlyList<WindowUpdate> Published(string measurand, WindowSpan span) =>
    [
        .. Windows.Where(w => w.Measurand == s_catalog.Id(measurand) && w.Window.Span == span)
            .GroupBy(w => w.Window.Start).OrderBy(g => g.Key).Select(g => g.MaxBy(w => w.Summary.Revision)),
    ];

    private void Keep(AssetUpdate update)
    {
        Stored.AddRange(update.Readings);
        Windows.AddRange(update.Windows);
        Outdated.AddRange(update.Outdated);
        Transitions.AddRange(update.Transitions);
        foreach (var outcome in Outcomes.Keys)
        {
            Outcomes[outcome] += update.CountOf(outcome);
        }

        if (update.Message is { } message)
        {
            Messages.Add(message);
        }

        NextDeadline = update.NextDeadline;
    }
}
