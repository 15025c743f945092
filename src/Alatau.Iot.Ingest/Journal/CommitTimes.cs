using System.Diagnostics;
using System.Numerics;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>How long commits took, over the last one to two minutes. One writer; readers see a value at most one commit old.</summary>
/// <remarks>Four buckets to a doubling: a quantile is at most a quarter too high.</remarks>
internal sealed class CommitTimes
{
    private const int Buckets = 128;
    private static readonly long Turn = 60 * Stopwatch.Frequency;

    private int[] _present = new int[Buckets];
    private int[] _past = new int[Buckets];
    private long _since;

    public void Add(TimeSpan took, long timestamp)
    {
        if (timestamp - _since > Turn)
        {
            (_present, _past) = (_past, _present);
            Array.Clear(_present);
            if (timestamp - _since > 2 * Turn)
            {
                Array.Clear(_past);
            }

            _since = timestamp;
        }

        _present[Bucket(took.Ticks / TimeSpan.TicksPerMicrosecond)]++;
    }

    /// <summary>The time that the given part of commits stayed within; zero when there were none.</summary>
    /// <param name="part">0 to 1.</param>
    public TimeSpan Quantile(double part)
    {
        int[] present = _present;
        int[] past = _past;
        long total = 0;
        for (int i = 0; i < Buckets; i++)
        {
            total += present[i] + past[i];
        }

        long rank = Math.Max(1, (long)Math.Ceiling(part * total));
        for (int i = 0; i < Buckets && total > 0; i++)
        {
            rank -= present[i] + past[i];
            if (rank <= 0)
            {
                return TimeSpan.FromMicroseconds(UpperMicroseconds(i));
            }
        }

        return TimeSpan.Zero;
    }

    private static int Bucket(long microseconds)
    {
        if (microseconds < 4)
        {
            return (int)Math.Max(0, microseconds);
        }

        int log = BitOperations.Log2((ulong)microseconds);
        return (int)Math.Min(Buckets - 1, ((log - 1) * 4) + ((microseconds >> (log - 2)) & 3));
    }

    private static long UpperMicroseconds(int bucket) =>
        bucket < 4 ? bucket + 1 : (5L + (bucket & 3)) << ((bucket >> 2) - 1);
}
