using Alatau.Iot.Core.Quarantine;

namespace Alatau.Iot.Storage.Recording;

/// <content>What a replay needs: which journal positions are held, and which messages were sent through again.</content>
public sealed partial class QuarantineFile
{
    /// <summary>Messages since the start that were held already: a replay brought them again.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Messages still kept that were sent through again.</summary>
    public int Replayed
    {
        get
        {
            lock (_gate)
            {
                return _replayed.Count;
            }
        }
    }

    public bool Holds(long position)
    {
        lock (_gate)
        {
            return position > 0 && _positions.Contains(position);
        }
    }

    public bool MarkReplayed(long number) => MarkReplayed([number]) == 1;

    public int MarkReplayed(IReadOnlyList<long> numbers)
    {
        lock (_logGate)
        {
            List<long> fresh;
            lock (_gate)
            {
                long first = FirstKept;
                fresh = [.. numbers.Where(number => number >= first && number < _nextNumber && !_replayed.Contains(number)).Distinct()];
            }

            try
            {
                _replayedLog.Append(fresh);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Marked while the process lives; after a restart they are listed again.
                RecorderLog.QuarantineTrouble(_logger, $"that {fresh.Count} messages were sent through again could not be written down: {exception.Message}");
            }

            lock (_gate)
            {
                return fresh.Count(_replayed.Add);
            }
        }
    }

    /// <summary>Forgets the journal positions up to <paramref name="through"/>: no replay will ever bring them again. Called with the position of the oldest checkpoint kept.</summary>
    public void Release(long through)
    {
        lock (_logGate)
        {
            bool isLogStale;
            lock (_gate)
            {
                _released = Math.Max(_released, through);
                _positions.RemoveWhere(position => position <= through);
                isLogStale = !_positionLog.IsEmpty;
            }

            try
            {
                if (isLogStale)
                {
                    _positionLog.Replace([.. _positionLog.ReadAll().Where(position => position > through)]);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It stays longer than it had to be.
                RecorderLog.QuarantineTrouble(_logger, $"the positions already released could not be put away: {exception.Message}");
            }
        }
    }

    /// <summary>Completes when everything added before is on disk: kept, or, where the line was full, its journal position written down. For the checkpoint.</summary>
    /// <exception cref="IOException">The disk failed; nothing may be assumed.</exception>
    public async Task MakeDurableAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        WritePassedBy();
    }

    // The message goes; that its position was seen must not, as long as a replay may bring it again.
    private void RememberPositions(string path)
    {
        // Under the log's gate, so that a release comes wholly before or wholly after: what it has let go is not put back.
        lock (_logGate)
        {
            long released;
            lock (_gate)
            {
                released = _released;
            }

            var positions = QuarantineSegments.ReadPositions(path).Where(position => position > released).ToList();
            _positionLog.Append(positions);
        }
    }

    // Those that were counted and not kept: their positions, then their counts.
    private void WritePassedBy()
    {
        lock (_logGate)
        {
            List<(long Position, QuarantineReason Reason, long Messages)> passedBy;
            lock (_gate)
            {
                if (_passedBy.Count == 0)
                {
                    return;
                }

                passedBy = [.. _passedBy];
                _passedBy.Clear();
            }

            try
            {
                _positionLog.Append([.. passedBy.Select(p => p.Position).Where(position => position > 0)]);
                foreach (var (_, reason, messages) in passedBy)
                {
                    _countsOnDisk[(int)reason] += messages;
                }

                passedBy.Clear();
                _countsLog.Replace([.. _countsOnDisk]);
            }
            catch
            {
                lock (_gate)
                {
                    _passedBy.AddRange(passedBy);
                }

                throw;
            }
        }
    }
}
