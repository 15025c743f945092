using System.Threading.Channels;

namespace Alatau.Iot.Web.Live;

/// <summary>The bounded queue of one listener. Full: the oldest goes, so that whoever writes never waits; the reader is told at the gap how many events it holds.</summary>
/// <remarks>Any thread writes, one reads. Of all that was written the reader sees each event or has it in a gap, once: a gap always has an item behind it.</remarks>
internal sealed class EventQueue<T> : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Channel<(long First, T Item)> _channel;
    private readonly Func<T, int> _weigh;
    private readonly Action<EventQueue<T>> _close;
    private long _written;
    private long _read;

    /// <param name="capacity">Most items held.</param>
    /// <param name="weigh">How many events an item stands for.</param>
    /// <param name="close">Called once when the listener leaves.</param>
    public EventQueue(int capacity, Func<T, int> weigh, Action<EventQueue<T>> close)
    {
        (_weigh, _close) = (weigh, close);
        _channel = Channel.CreateBounded<(long, T)>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    }

    public void Write(T item)
    {
        // The number of an event and its place in the queue are given together.
        lock (_gate)
        {
            if (_channel.Writer.TryWrite((_written, item)))
            {
                _written += _weigh(item);
            }
        }
    }

    /// <summary>Completes when there is an item; false when the listener has left.</summary>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken) => _channel.Reader.WaitToReadAsync(cancellationToken);

    /// <param name="item">The oldest item held.</param>
    /// <param name="dropped">Events that went between the item before and this one.</param>
    public bool TryRead(out T item, out long dropped)
    {
        bool isRead = _channel.Reader.TryRead(out var next);
        item = next.Item;
        dropped = isRead ? next.First - _read : 0;
        _read = isRead ? next.First + _weigh(item) : _read;
        return isRead;
    }

    public void Dispose()
    {
        if (_channel.Writer.TryComplete())
        {
            _close(this);
        }
    }
}
