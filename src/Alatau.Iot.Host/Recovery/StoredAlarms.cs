using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine;
using Alatau.Iot.Storage.Outbox;
using Alatau.Iot.Web.Live;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Host.Recovery;

/// <summary>After a start, closes the alarms that the store shows as open and that no asset has: their state was lost, with a damaged checkpoint or a folder that was thrown away, and nobody else would ever close them.</summary>
/// <remarks>It waits until the store answers and the outbox is empty: a step that closes the alarm may still be there.</remarks>
internal sealed partial class StoredAlarms(IHistoryStore store, HistoryOutbox outbox, AssetEngine engine, AssetDirectory assets, AlarmBook book, TimeProvider clock, ILogger<StoredAlarms> log) : BackgroundService
{
    /// <summary>How far back the store is asked.</summary>
    public static readonly TimeSpan LookBack = TimeSpan.FromDays(30);

    /// <summary>Most steps that are looked at, the newest.</summary>
    public const int MostSteps = 50_000;

    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(10);

    private HashSet<string> _restored = [];

    /// <summary>Notes, while the doors are still closed, which alarms were restored: those that are over by the time the store is asked aren't forgotten ones.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _restored = [.. book.Open().Select(a => a.Last.AlarmId)];
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await CloseWhenQuietAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The platform stops, or its start failed, which is told elsewhere.
        }
    }

    private async Task CloseWhenQuietAsync(CancellationToken stoppingToken)
    {
        var started = Instant.Now(clock);
        var pause = s_settle;
        while (true)
        {
            try
            {
                await Task.Delay(pause, clock, stoppingToken);
                pause = s_again;
                if (outbox.IsEmpty)
                {
                    await CloseAsync(started, stoppingToken);
                    return;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreException)
            {
                // The recorder tells of a store that is away; this has time.
            }
        }
    }

    private async Task CloseAsync(Instant started, CancellationToken cancellationToken)
    {
        await store.OpenAsync(cancellationToken);
        var steps = await store.ReadTransitionsAsync(new TransitionQuery(null, started - LookBack, started, MostSteps), cancellationToken);
        foreach (var last in steps.GroupBy(s => s.AlarmId, StringComparer.Ordinal).Select(Latest).Where(s => s.To != AlarmState.Normal && !_restored.Contains(s.AlarmId)))
        {
            if (assets.TryFind(last.Asset, out var asset) && await engine.CloseForgottenAsync(last, asset, Instant.Now(clock), cancellationToken))
            {
                LogClosed(last.AlarmId);
            }
        }
    }

    /// <summary>The step behind which no other stands; several may share an instant.</summary>
    private static AlarmTransition Latest(IEnumerable<AlarmTransition> steps)
    {
        var all = steps.ToArray();
        var newest = all.Where(s => s.At == all[0].At).ToArray();
        return Array.Find(newest, s => s.To == AlarmState.Normal) ?? Array.Find(newest, s => newest.All(o => o.From != s.To)) ?? newest[0];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store shows alarm {AlarmId} as open, and no asset has it: its state was lost. It is closed")]
    private partial void LogClosed(string alarmId);
}
