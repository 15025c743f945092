using System.Runtime.InteropServices;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Processing;

/// <summary>Which of the device's last 64 sequence numbers were taken. 20 bytes.</summary>
/// <remarks>
/// It only ever speaks about readings that are not newer than what is known, so a device that rebooted and starts again at 1 is not silenced: its first reading that is newer
/// in event time with a number not above the highest begins a new era, and readings older than the era are never judged by it.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(uint))]
internal struct SequenceMemory
{
    private ulong _taken;
    private Instant _era;
    private uint _highest;

    /// <summary>As it was taken apart by <see cref="Parts"/>.</summary>
    public SequenceMemory(ulong taken, Instant era, uint highest) => (_taken, _era, _highest) = (taken, era, highest);

    /// <summary>What it consists of, for a checkpoint.</summary>
    public readonly (ulong Taken, Instant Era, uint Highest) Parts => (_taken, _era, _highest);

    /// <summary>Whether the message numbered <paramref name="sequence"/> was taken in the present era.</summary>
    public readonly bool Holds(uint sequence) =>
        _taken != 0 && sequence <= _highest && _highest - sequence < 64 && (_taken & (1UL << (int)(_highest - sequence))) != 0;

    /// <summary>Whether a reading of that time belongs to the present era.</summary>
    public readonly bool Covers(Instant measuredAt) => measuredAt >= _era;

    /// <summary>Takes a message.</summary>
    /// <param name="sequence">Not 0.</param>
    /// <param name="oldest">MeasuredAt of its oldest reading.</param>
    /// <param name="newest">MeasuredAt of its newest reading.</param>
    /// <param name="watermark">Newest MeasuredAt the asset had before.</param>
    public void Take(uint sequence, Instant oldest, Instant newest, Instant watermark)
    {
        if (newest > watermark)
        {
            if (_taken == 0 || sequence <= _highest)
            {
                (_taken, _highest, _era) = (1, sequence, Instant.Max(oldest, watermark));
                return;
            }

            MoveTo(sequence);
        }
        else if (_taken != 0 && Covers(oldest))
        {
            if (sequence > _highest)
            {
                // Measured earlier and sent later: the next number all the same.
                MoveTo(sequence);
            }
            else if (_highest - sequence < 64)
            {
                _taken |= 1UL << (int)(_highest - sequence);
            }
        }
    }

    private void MoveTo(uint sequence)
    {
        uint step = sequence - _highest;
        _taken = step < 64 ? (_taken << (int)step) | 1 : 1;
        _highest = sequence;
    }
}
