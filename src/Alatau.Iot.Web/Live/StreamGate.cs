namespace Alatau.Iot.Web.Live;

/// <summary>Counts open event streams and refuses past <see cref="WebOptions.MaximumStreams"/>.</summary>
internal sealed class StreamGate(WebOptions options)
{
    private int _open;
    private long _dropped;

    public int Open => Volatile.Read(ref _open);

    /// <summary>Events that slow listeners lost since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _open) <= options.MaximumStreams)
        {
            return true;
        }

        Interlocked.Decrement(ref _open);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _open);

    public void CountDropped(long events) => Interlocked.Add(ref _dropped, events);
}
