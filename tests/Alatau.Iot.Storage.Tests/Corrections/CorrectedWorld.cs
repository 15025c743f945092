using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Storage.Corrections;
using Alatau.Iot.Storage.Recording;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Assets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Storage.Tests.Corrections;

/// <summary>One asset with its processor, the real recorder, marks and correction loop, and a store in memory. The test's thread is the shard's.</summary>
internal sealed class CorrectedWorld : IWindowCorrections, IAsyncDisposable
{
    private readonly AssetDirectory _directory = new();
    private readonly Ledger _ledger = new();
    private readonly AssetProcessor _processor;
    private readonly HistoryRecorder _recorder;
    private readonly RetentionOptions _retention;
    private readonly string _folder;
    private CorrectionLoop _loop = null!;

    public CorrectedWorld(string folder, Asset? asset = null, ProcessorOptions? options = null, RetentionOptions? retention = null, AssetState? state = null)
    {
        Asset = asset ?? new Asset(AssetId.Of("green", "meter-1"), "Meter 1", AssetKind.Meter) { ReportingInterval = TimeSpan.FromSeconds(30) };
        _directory.TryRegister(Asset, out var handle);
        (Handle, _folder) = (handle, folder);
        _retention = retention ?? new RetentionOptions { RawDays = 0 };
        Store = new MemoryStore(_directory, AssetUnderTest.Catalog);
        _ledger.Route("test");
        _processor = new AssetProcessor(AssetUnderTest.Catalog, _directory, new AlarmRuleSet([], AssetUnderTest.Catalog), options ?? new ProcessorOptions());
        State = state ?? _processor.Create(handle);
        var recording = new RecordingOptions { FirstPauseMilliseconds = 1, LongestPauseMilliseconds = 5 };
        _recorder = new HistoryRecorder(Store, _ledger, recording, 1, folder, TimeProvider.System, new Random(1), NullLogger<HistoryRecorder>.Instance);
        _recorder.Start();
        Restart();
    }

    public Asset Asset { get; }

    public AssetHandle Handle { get; }

    public AssetState State { get; }

    public MemoryStore Store { get; }

    public CorrectionMarks Marks { get; private set; } = null!;

    public CorrectionLoop Loop => _loop;

    public bool IsStoreAway => _recorder.IsAway;

    public Dictionary<ReadingOutcome, int> Outcomes { get; } = Enum.GetValues<ReadingOutcome>().ToDictionary(o => o, _ => 0);

    /// <summary>Windows that came out of corrections, as the sinks saw them.</summary>
    public List<WindowUpdate> Corrected { get; } = [];

    /// <summary>Another process begins on the same folder: only what is on disk is known.</summary>
    public void Restart()
    {
        Marks?.Dispose();
        Marks = CorrectionMarks.Open(_folder, _directory, AssetUnderTest.Catalog, TimeProvider.System, NullLogger<CorrectionMarks>.Instance);
        _loop?.Dispose();
        var options = new CorrectionOptions { QuietMilliseconds = 0, LongestRestMilliseconds = 0 };
        _loop = new CorrectionLoop(Marks, Store, _recorder, this, _directory, AssetUnderTest.Catalog, options, _retention, TimeProvider.System, NullLogger<CorrectionLoop>.Instance);
    }

    public void Post(Instant receivedAt, params Reading[] readings) => Deliver(_processor.Apply(State, new ReadingBatch(Handle, receivedAt, 0, 0, readings)));

    public void Tick(Instant now) => Deliver(_processor.Tick(State, now));

    public ValueTask CorrectAsync(AssetHandle asset, ReadOnlyMemory<WindowCorrection> corrections, CancellationToken cancellationToken)
    {
        var update = _processor.Correct(asset, State, corrections.Span, new Instant(0));
        Corrected.AddRange(update.Windows);
        Deliver(update);
        return ValueTask.CompletedTask;
    }

    /// <summary>Rounds until nothing is marked.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        while (Marks.Waiting > 0)
        {
            await _loop.RunOnceAsync(cancellationToken);
        }

        await _recorder.FlushAsync(cancellationToken);
    }

    public Task FlushAsync(CancellationToken cancellationToken) => _recorder.FlushAsync(cancellationToken);

    /// <summary>The stored windows of a measurand, oldest first.</summary>
    public List<(Window Window, WindowSummary Summary)> Windows(string measurand, WindowSpan span) =>
        [.. Store.Windows.Where(w => w.Key.Measurand == AssetUnderTest.Catalog.Id(measurand) && w.Key.Window.Span == span).OrderBy(w => w.Key.Window.Start).Select(w => (w.Key.Window, w.Value))];

    public async ValueTask DisposeAsync()
    {
        Store.IsAway = false;
        await _recorder.DisposeAsync();
        _loop.Dispose();
        Marks.Dispose();
    }

    private void Deliver(AssetUpdate update)
    {
        foreach (var outcome in Outcomes.Keys)
        {
            Outcomes[outcome] += update.CountOf(outcome);
        }

        _recorder.OnUpdate(0, update);
        Marks.OnUpdate(0, update);
    }
}
