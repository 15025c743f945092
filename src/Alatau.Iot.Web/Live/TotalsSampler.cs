using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Web.Live;

/// <summary>Asks the runtime for its totals every five seconds, and once at the start the store for the day before.</summary>
internal sealed partial class TotalsSampler(IAssetRuntime runtime, TotalsBook book, TotalsHistory history, TimeProvider clock, ILogger<TotalsSampler> log) : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(s_period, clock);
        try
        {
            try
            {
                await history.FillAsync(book, Instant.Now(clock), stoppingToken);
            }
            catch (StoreException e)
            {
                LogNoHistory(e.Message);
            }

            do
            {
                book.Add(Instant.Now(clock), await runtime.GetTotalsAsync(stoppingToken));
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The console begins without yesterday's curve: {Problem}")]
    private partial void LogNoHistory(string problem);
}
