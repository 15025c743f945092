using System.Threading.Channels;

namespace Alatau.Iot.Web.Live;

/// <summary>The bounded queue of one listener. Full: the oldest goes and is counted, so that whoever writes never waits.</summary>
internal sealed class EventQueue<T> : IDisposable
{
    private readonly Channel<T> _channel;
    private readonly Action<EventQueue<T>> _close;
    private long _dropped;

    /// <param name="capacity">Most items held.</param>
    /// <param name="weigh">How many events an item stands for.</param>
    /// <param name="close">Called once when the listener leaves.</param>
    public EventQueue(int capacity, Func<T, int> weigh, Action<EventQueue<T>> close)
    {
        _close = close;
        var options = new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true };
        _channel = Channel.CreateBounded<T>(options, item => Interlocked.Add(ref _dropped, weigh(item)));
    }

    public ChannelReader<T> Reader => _channel.Reader;

    public void Write(T item) => _channel.Writer.TryWrite(item);

    /// <summary>Events dropped since the last call.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);

    public void Dispose()
    {
        if (_channel.Writer.TryComplete())
        {
            _close(this);
        }
    }
}
