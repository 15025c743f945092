namespace Alatau.Iot.Simulator.Playing;

/// <summary>What all connections of a play count together. Any thread.</summary>
internal sealed class PlayCounters
{
    private long acknowledged;
    private long refused;
    private long reconnects;
    private int connected;

    internal long Acknowledged => Interlocked.Read(ref acknowledged);

    internal long Refused => Interlocked.Read(ref refused);

    internal long Reconnects => Interlocked.Read(ref reconnects);

    internal int Connected => Volatile.Read(ref connected);

    internal void AddAcknowledged() => Interlocked.Increment(ref acknowledged);

    internal void AddRefused() => Interlocked.Increment(ref refused);

    internal void AddConnection(bool isFirst)
    {
        Interlocked.Increment(ref connected);
        if (!isFirst)
            Interlocked.Increment(ref reconnects);
    }

    internal void AddLoss() => Interlocked.Decrement(ref connected);
}
