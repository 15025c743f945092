using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine.Checkpoints;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Conformance;

namespace Alatau.Iot.Engine.Tests.Checkpoints;

/// <summary>A message by names, as a journal would hold it; or, without readings, what a person asked of an alarm.</summary>
internal sealed record JournalMessage(long Position, Instant ReceivedAt, byte Route, string Asset, IReadOnlyList<Reading> Readings)
{
    public string? Rule { get; init; }

    public AlarmAction Action { get; init; }

    /// <summary>Not a message: the platform listened up to its arrival; or, true, could listen to nobody before.</summary>
    public bool? IsStart { get; init; }
}

/// <summary>An engine with a directory of its own: some assets by fleet, the others register themselves.</summary>
internal sealed class EngineUnderTest : IAsyncDisposable
{
    public static readonly MeasurandCatalog Catalog = new();
    public static readonly string[] Routes = ["mqtt", "http", "bridge"];

    public static readonly AlarmRule[] Rules =
    [
        new("voltage-high", "High", AlarmSeverity.Medium, new ThresholdCondition(Catalog.Id("voltage"), true, 253, 2, TimeSpan.FromSeconds(20)) { IncludesPhases = true }),
        new("device-silent", "Silent", AlarmSeverity.Low, new SilenceCondition(TimeSpan.FromMinutes(5))),
    ];

    public EngineUnderTest(ManualTime time, int shards, IEnumerable<AlarmRule>? rules = null, IListeningLog? listening = null)
    {
        Time = time;
        for (int i = 0; i < 5; i++)
        {
            Assert.True(Directory.TryRegister(new Asset(AssetId.Of("green", $"fleet-{i}"), "F", AssetKind.Meter) { ReportingInterval = TimeSpan.FromSeconds(30) }, out _));
        }

        var site = new Site("green", "Green", TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty"), null, null);
        Engine = new AssetEngine(Catalog, Directory, new AlarmRuleSet(rules ?? Rules, Catalog), [site], new ProcessorOptions(), new EngineOptions { Shards = shards, InboxBytes = 256 << 10 }, [Sink], time, listening);
    }

    public ManualTime Time { get; }

    public AssetDirectory Directory { get; } = new();

    public RecordingSink Sink { get; } = new();

    public AssetEngine Engine { get; }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    public async Task PostAsync(JournalMessage message)
    {
        if (message.IsStart is { } isStart)
        {
            Assert.True(Engine.TryPostTime(message.ReceivedAt, isStart, Task.CompletedTask));
            return;
        }

        var id = AssetId.Of("green", message.Asset);
        if (!Directory.TryFind(id, out var handle))
        {
            Assert.True(Directory.TryRegister(new Asset(id, id.Name, AssetKind.Unknown) { IsSelfRegistered = true }, out handle));
        }

        if (message.Rule is { } rule)
        {
            var command = new AlarmCommand(handle, rule, message.Action, message.ReceivedAt, "aigerim", "on site", TimeSpan.FromMinutes(10));
            while (!Engine.TryPost(command, Task.CompletedTask, out _))
            {
                await Engine.WaitForRoomAsync(handle, CancellationToken.None);
            }

            return;
        }

        while (!Engine.TryPost(new ReadingBatch(handle, message.ReceivedAt, message.Route, message.Position, [.. message.Readings])))
        {
            await Engine.WaitForRoomAsync(handle, CancellationToken.None);
        }
    }

    /// <summary>Everything processed, then the clock moved, then all that it brings about done.</summary>
    public async Task AdvanceToAsync(Instant at)
    {
        await Engine.DrainAsync(CancellationToken.None);
        if (at > Instant.Now(Time))
        {
            Time.Step(at - Instant.Now(Time));
        }

        await Engine.DrainAsync(CancellationToken.None);
    }

    /// <summary>Every asset as people see it, by name.</summary>
    public async Task<SortedDictionary<string, string>> SnapshotsAsync(Func<string, bool> isRule)
    {
        await Engine.DrainAsync(CancellationToken.None);
        var seen = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < Directory.Count; i++)
        {
            if (await Engine.GetAsync(new AssetHandle(i), CancellationToken.None) is { } snapshot)
            {
                seen[Directory[new AssetHandle(i)].Id.Name] = string.Join("; ", snapshot.Values.Select(v => v.ToString()).Concat(snapshot.Alarms.Where(a => isRule(a.Rule)).Select(a => a.ToString()))
                    .Append($"{snapshot.LastMeasuredAt} {snapshot.LastReceivedAt} {snapshot.ReadingCount}"));
            }
        }

        return seen;
    }

    /// <summary>The highest revision of every window, by names, out of what several engines published; the number itself says only which is later.</summary>
    public static SortedDictionary<string, string> Windows(params IEnumerable<EngineUnderTest> engines) => new(
        engines.SelectMany(e => e.Sink.Windows.Select(w => (Key: $"{e.Directory[w.Asset].Id} {w.Window.Measurand.Value} {w.Window.Window}", w.Window.Summary)))
            .GroupBy(w => w.Key, w => w.Summary).ToDictionary(g => g.Key, g => (g.MaxBy(s => s.Revision) with { Revision = 0 }).ToString()),
        StringComparer.Ordinal);

    /// <summary>Every alarm transition by id and state, once.</summary>
    public static string[] Transitions(Func<string, bool> isRule, params IEnumerable<EngineUnderTest> engines) =>
        [.. engines.SelectMany(e => e.Sink.Transitions).Where(t => isRule(t.Rule)).Select(t => $"{t.AlarmId} {t.From}->{t.To} {t.At} {t.Value} {t.Why}").Distinct().Order(StringComparer.Ordinal)];
}
