using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Web.Live;

/// <summary>Asks the runtime for its totals every five seconds, and the store for the day before: at the start, soon after it (devices send what they kept), and then every quarter of an hour.</summary>
internal sealed partial class TotalsSampler(IAssetRuntime runtime, TotalsBook book, TotalsHistory history, TimeProvider clock, ILogger<TotalsSampler> log) : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);

    /// <summary>Periods of a quarter of an hour.</summary>
    private const int RefillPeriods = 180;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(s_period, clock);
        try
        {
            for (int period = 0; ; period++)
            {
                if (period is 0 or 2 or 4 or 8 or 16 || period % RefillPeriods == 0)
                {
                    await FillAsync(stoppingToken);
                }

                book.Add(Instant.Now(clock), await runtime.GetTotalsAsync(stoppingToken));
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            await history.FillAsync(book, Instant.Now(clock), cancellationToken);
        }
        catch (StoreException e)
        {
            LogNoHistory(e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The console begins without yesterday's curve: {Problem}")]
    private partial void LogNoHistory(string problem);
}
