namespace Alatau.Iot.Ingest.Journal;

/// <summary>How large the next segment is made: small after a start, twice as large with each one that was filled, so that a quiet platform's folder stays small and a busy one's segments are soon large. Any thread.</summary>
internal sealed class SegmentSizes(JournalOptions options)
{
    private long _next = Math.Min(options.FirstSegmentBytes, options.SegmentBytes) & -SegmentHeader.Block;

    /// <summary>Bytes, whole blocks.</summary>
    public long Next => Interlocked.Read(ref _next);

    /// <summary>A segment was begun.</summary>
    public void Grow() => Interlocked.Exchange(ref _next, Math.Min(Next * 2, options.SegmentBytes) & -SegmentHeader.Block);
}
