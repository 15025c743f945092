namespace Alatau.Iot.Ingest.Journal;

/// <summary>Reads committed records in order, and follows the journal as it grows. One thread.</summary>
/// <remarks>
/// Damage is stepped over, counted and reported by the journal; positions then have a gap. A reader holds nothing back from deletion: that is what a consumer's cursor is for.
/// When the segment it would read next is gone, it goes on with the oldest there is.
/// </remarks>
public sealed class JournalReader : IDisposable
{
    private readonly SegmentCatalog _catalog;
    private readonly Committer _committer;
    private readonly DamageAccount _damage;
    private SegmentScanner? _scanner;
    private SegmentExtent _extent;
    private long _next;

    internal JournalReader(SegmentCatalog catalog, Committer committer, DamageAccount damage, long from)
    {
        (_catalog, _committer, _damage, _next) = (catalog, committer, damage, Math.Max(1, from));
    }

    /// <summary>Position of the record read last; 0 before the first.</summary>
    public long Position { get; private set; }

    /// <summary>The next committed record; its spans are valid until the next call. False: there is none yet.</summary>
    /// <exception cref="IOException">The disk can't be read; the same call may be tried again.</exception>
    public bool TryRead(out JournalRecord record)
    {
        while (_scanner is not null || Open())
        {
            while (_scanner!.TryNext(_extent.End, _extent.Last, out var bytes))
            {
                if (_scanner.Expected > _next)
                {
                    record = RecordFormat.Read(bytes);
                    UntilPublished(record.Position);
                    Position = record.Position;
                    _next = Position + 1;
                    return true;
                }
            }

            long seen = _extent.Last;
            _extent = _catalog.Refresh(_extent.Segment);
            if (_extent.Last > seen)
            {
                continue;
            }

            if (_extent.IsNewest)
            {
                break;
            }

            _next = Math.Max(_next, seen + 1);
            Close();
        }

        record = default;
        return false;
    }

    /// <summary>Completes when there is a record to read, or one that can't be read has been passed.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken) => _committer.WaitForCommitAsync(_next, cancellationToken);

    public void Dispose() => Close();

    /// <summary>The committer makes a batch readable an instant before it publishes its position; whoever reads may rely on the position.</summary>
    private void UntilPublished(long position)
    {
        var spin = default(SpinWait);
        while (_committer.Committed < position)
        {
            spin.SpinOnce();
        }
    }

    private bool Open()
    {
        while (_catalog.TryFind(_next, out _extent))
        {
            try
            {
                _scanner = new SegmentScanner(_extent.Segment, _damage.Add);
                return true;
            }
            catch (FileNotFoundException) when (!_catalog.Contains(_extent.Segment))
            {
                // Released and deleted meanwhile: the next look finds the oldest that is left.
            }
        }

        return false;
    }

    private void Close()
    {
        _scanner?.Dispose();
        _scanner = null;
    }
}
