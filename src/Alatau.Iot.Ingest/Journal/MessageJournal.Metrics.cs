using Alatau.Iot.Core.Observation;

namespace Alatau.Iot.Ingest.Journal;

public sealed partial class MessageJournal
{
    public void WriteMetrics(IMetricWriter writer)
    {
        var state = State;
        writer.Gauge("journal_committed_position", "Number of the last record on disk.", state.CommittedPosition);
        writer.Gauge("journal_waiting_records", "Records taken and not yet on disk.", state.WaitingRecords);
        writer.Gauge("journal_bytes", "Bytes of all segments.", state.Bytes);
        writer.Gauge("journal_limit_bytes", "Bytes the segments may take.", _options.MaximumBytes);
        writer.Gauge("journal_segments", "Segment files.", state.Segments);
        writer.Gauge("journal_well", "1 while messages are taken, 0 while the disk is full or failing.", state.Problem is null ? 1 : 0);
        writer.Counter("journal_commits", "Commits since the start.", state.Commits);
        writer.Counter("journal_records", "Records committed since the start.", state.Records);
        writer.Counter("journal_record_bytes", "Bytes of the records committed since the start.", state.RecordBytes);
        writer.Counter("journal_refused_appends", "Appends refused since the start.", state.Refused);
        writer.Counter("journal_failures", "Writes the disk failed since the start.", state.Failures);
        writer.Counter("journal_torn_tails", "Cut-off records found at the start.", state.TornTails);
        writer.Counter("journal_damaged_regions", "Places no record could be read from.", state.DamagedRegions);
        writer.Counter("journal_lost_records", "Records in damaged places.", state.LostRecords);
        writer.Gauge("journal_commit_median_seconds", "Time of a commit over the last minutes, median.", state.CommitMedian.TotalSeconds);
        writer.Gauge("journal_commit_p99_seconds", "Time of a commit over the last minutes, 99 of 100 are shorter.", state.CommitP99.TotalSeconds);
        foreach (var (consumer, position) in state.Consumers)
        {
            writer.Gauge("journal_consumer_behind_records", "Records a consumer has not released.", Math.Max(0, state.CommittedPosition - position), ("consumer", consumer));
        }
    }
}
