using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Recording;

/// <content>Messages go when they are too old, though there be room: first from the list, then with their file.</content>
public sealed partial class QuarantineFile
{
    private const int TurnsInAnAge = 8;
    private static readonly TimeSpan s_longestTurn = TimeSpan.FromHours(1);

    private readonly Lock _filesGate = new();
    private readonly ITimer _expiry;
    private long _expired;

    /// <summary>Place in the ring's order of the oldest message kept. Under the gate.</summary>
    private long Oldest => Math.Max(_expired, _added - _ring.Length);

    /// <summary>Number of the oldest message kept; of the next one when there is none. Under the gate.</summary>
    private long FirstKept => Oldest < _added ? _ring[Oldest % _ring.Length].Number : _nextNumber;

    private void Expire()
    {
        var since = Instant.Now(_time) - _options.MaximumAge;
        try
        {
            lock (_filesGate)
            {
                long first;
                long next;
                lock (_gate)
                {
                    // What still waits for the disk stays: it has a file first.
                    for (_expired = Oldest; _expired < _added && _ring[_expired % _ring.Length] is { Message: null } entry && entry.ReceivedAt < since; _expired++)
                    {
                        _replayed.Remove(entry.Number);
                    }

                    (first, next) = (FirstKept, _nextNumber);
                }

                if (!_segments.HasBefore(first, next))
                {
                    return;
                }

                // The records that carried them go.
                lock (_logGate)
                {
                    _countsLog.Replace([.. _countsOnDisk]);
                }

                _segments.DeleteBefore(first, next);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            RecorderLog.QuarantineTrouble(_logger, $"messages older than {_options.MaximumAge} could not be deleted, which is tried again: {exception.Message}");
        }
    }
}
