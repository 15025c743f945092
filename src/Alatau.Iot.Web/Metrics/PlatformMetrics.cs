using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Metrics;

/// <summary>What this room knows of the platform: ledger, quarantine, alarms, assets, streams, subscriptions, and the process itself.</summary>
internal sealed class PlatformMetrics(
    Ledger ledger, IQuarantine quarantine, AssetDirectory assets, AlarmBook book, AlarmRecord record, LiveFeed feed, StreamGate gate, TotalsBook totals, Sites sites, IEnumerable<ISubscriptionSource> subscriptions) : IMetricSource
{
    public void WriteMetrics(IMetricWriter writer)
    {
        var routes = ledger.Routes;
        for (byte route = 0; route < routes.Count; route++)
        {
            var entry = ledger.Read(route);
            writer.Counter("messages_received", "Messages taken off the wire.", entry.Received, ("route", routes[route]));
            writer.Counter("messages_stored", "Messages whose rows the store acknowledged.", entry.Stored, ("route", routes[route]));
            writer.Counter("messages_duplicate", "Messages wholly taken before.", entry.Duplicate, ("route", routes[route]));
            writer.Gauge("messages_quarantined", "Messages kept aside and not sent through again.", entry.Quarantined, ("route", routes[route]));
            writer.Gauge("messages_waiting", "Messages on the road.", entry.Waiting, ("route", routes[route]));
        }

        foreach (var (reason, count) in quarantine.Counts)
        {
            writer.Counter("quarantine_messages", "Messages quarantined, by reason.", count, ("reason", Words.Of(reason)));
        }

        var open = book.Open();
        foreach (var severity in Enum.GetValues<AlarmSeverity>())
        {
            writer.Gauge("alarms_open", "Alarms that are not normal.", open.Count(a => a.Last.Severity == severity), ("severity", Words.Of(severity)));
        }

        foreach (var state in Enum.GetValues<AlarmState>().Where(state => state != AlarmState.Normal))
        {
            writer.Gauge("alarms_in_state", "Alarms that are not normal, by state.", open.Count(a => a.Last.To == state), ("state", Words.Of(state)));
        }

        writer.Counter("alarm_transitions", "Alarm transitions since the start.", book.Count);
        foreach (var figure in record.Read().Figures)
        {
            writer.Gauge("alarm_quality", "Figures of the alarm quality: counts, shares in %, days of data.", figure.Value, ("figure", figure.Name));
            writer.Gauge("alarm_quality_verdict", "How each figure stands to its target: 0 unknown, 1 good, 2 fair, 3 poor.", (double)figure.Verdict, ("figure", figure.Name));
        }

        writer.Gauge("assets", "Assets known.", assets.Count);
        writer.Gauge("streams_open", "Event streams open.", gate.Open);
        writer.Gauge("reading_listeners", "Listeners of the readings' stream.", feed.Listeners);
        writer.Counter("stream_events_dropped", "Events that slow listeners lost.", gate.Dropped);
        foreach (var site in totals.Latest)
        {
            writer.Gauge("site_load_watts", "Sum of customers' import.", site.LoadWatts, ("site", site.Site));
            writer.Gauge("site_generation_watts", "Sum of generation.", site.GenerationWatts, ("site", site.Site));
            writer.Gauge("site_net_import_watts", "Exchange with the grid, import positive.", site.NetImportWatts, ("site", site.Site));
            writer.Gauge("site_assets_reporting", "Assets with a fresh value.", site.Reporting, ("site", site.Site));
        }

        foreach (var site in sites.Known)
        {
            if (site.Latitude is { } latitude && site.Longitude is { } longitude)
            {
                writer.Gauge("site_latitude_degrees", "Degrees north, as the fleet says.", latitude, ("site", site.Name));
                writer.Gauge("site_longitude_degrees", "Degrees east, as the fleet says.", longitude, ("site", site.Name));
            }
        }

        foreach (var subscription in subscriptions.SelectMany(s => s.List()))
        {
            writer.Counter("notifications_delivered", "Alarm transitions delivered.", subscription.Delivered, ("subscription", subscription.Name), ("means", subscription.Means));
            writer.Counter("notifications_retried", "Attempts that failed and were tried again.", subscription.Retried, ("subscription", subscription.Name), ("means", subscription.Means));
            writer.Counter("notifications_dead_lettered", "Alarm transitions given up.", subscription.DeadLettered, ("subscription", subscription.Name), ("means", subscription.Means));
            writer.Gauge("notifications_waiting", "Alarm transitions in the queue.", subscription.Waiting, ("subscription", subscription.Name), ("means", subscription.Means));
        }

        WriteProcess(writer);
    }

    private static void WriteProcess(IMetricWriter writer)
    {
        writer.Gauge("process_resident_memory_bytes", "Resident memory.", Environment.WorkingSet);
        writer.Counter("process_cpu_seconds", "Processor time of the process.", Environment.CpuUsage.TotalTime.TotalSeconds);
        writer.Gauge("heap_bytes", "Managed heap after the latest collection.", GC.GetGCMemoryInfo().HeapSizeBytes);
        writer.Counter("allocated_bytes", "Managed bytes allocated.", GC.GetTotalAllocatedBytes());
        writer.Counter("gc_pause_seconds", "Time the process stood still for garbage collection.", GC.GetTotalPauseDuration().TotalSeconds);
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            writer.Counter("collections", "Garbage collections.", GC.CollectionCount(generation), ("generation", generation.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
    }
}
