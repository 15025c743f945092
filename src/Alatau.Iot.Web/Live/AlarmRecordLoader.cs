using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Microsoft.Extensions.Hosting;

namespace Alatau.Iot.Web.Live;

/// <summary>After a start, reads the alarm steps of the last thirty days out of the store; while the store is away it tries again.</summary>
internal sealed class AlarmRecordLoader(AlarmRecord record, IHistoryStore store, TimeProvider clock) : BackgroundService
{
    private const int Page = 10_000;
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!await TryLoadAsync(stoppingToken))
            {
                await Task.Delay(s_again, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The platform stops.
        }
    }

    private async Task<bool> TryLoadAsync(CancellationToken cancellationToken)
    {
        var end = Instant.Now(clock) + TimeSpan.FromMilliseconds(1);
        var from = end - AlarmRecord.Reach;
        try
        {
            await store.OpenAsync(cancellationToken);
            while (true)
            {
                IReadOnlyList<AlarmTransition> page = await store.ReadTransitionsAsync(new TransitionQuery(null, from, end, Page), cancellationToken);
                record.Add(page, isLast: page.Count < Page);
                if (page.Count < Page)
                {
                    return true;
                }

                // Steps of one instant may stand on two pages; a page full of one instant is left behind.
                var next = page[^1].At + TimeSpan.FromMilliseconds(1);
                end = next < end ? next : page[^1].At;
            }
        }
        catch (StoreException)
        {
            // The recorder tells of a store that is away; this has time.
            return false;
        }
    }
}
