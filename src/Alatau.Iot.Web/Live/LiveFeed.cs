using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Runtime;

namespace Alatau.Iot.Web.Live;

/// <summary>Hands stored readings to those who listen now. Without a listener it costs one read of a field an update.</summary>
/// <remarks>Each listener has one buffer a shard, written by that shard alone; only a full buffer or a pause touches the listener's queue. A slow listener loses its oldest chunks, counted.</remarks>
public sealed class LiveFeed : IAssetUpdateSink
{
    private const int ChunkSize = 256;

    private readonly Lock _gate = new();
    private readonly AssetDirectory _assets;
    private readonly int _queue;
    private volatile Listener[] _listeners = [];

    public LiveFeed(AssetDirectory assets, WebOptions options) => (_assets, _queue) = (assets, options.StreamQueue);

    /// <summary>Listeners now.</summary>
    public int Listeners => _listeners.Length;

    public void OnUpdate(int shard, AssetUpdate update)
    {
        var listeners = _listeners;
        if (listeners.Length == 0)
        {
            return;
        }

        foreach (var listener in listeners)
        {
            listener.Take(shard, update, _assets);
        }
    }

    public void OnPause(int shard)
    {
        foreach (var listener in _listeners)
        {
            listener.Flush(shard);
        }
    }

    /// <summary>Begins to listen; disposing the queue ends it.</summary>
    internal EventQueue<LiveReading[]> Listen(ReadingFilter filter)
    {
        lock (_gate)
        {
            var queue = new EventQueue<LiveReading[]>(_queue, chunk => chunk.Length, Leave);
            _listeners = [.. _listeners, new Listener(filter, queue)];
            return queue;
        }
    }

    private void Leave(EventQueue<LiveReading[]> queue)
    {
        lock (_gate)
        {
            _listeners = [.. _listeners.Where(l => l.Queue != queue)];
        }
    }

    private sealed class Listener(ReadingFilter filter, EventQueue<LiveReading[]> queue)
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<int, List<LiveReading>> _buffers = new();

        public EventQueue<LiveReading[]> Queue => queue;

        public void Take(int shard, AssetUpdate update, AssetDirectory assets)
        {
            if (update.Readings.IsEmpty
                || (filter.Asset is { } asset && asset != update.Asset)
                || (filter.Site is { } site && !string.Equals(site, assets[update.Asset].Id.Site, StringComparison.Ordinal)))
            {
                return;
            }

            var buffer = _buffers.GetOrAdd(shard, static _ => new List<LiveReading>(ChunkSize));
            foreach (ref readonly var reading in update.Readings)
            {
                if (filter.Measurand is null || filter.Measurand.Value == reading.Measurand)
                {
                    buffer.Add(new LiveReading(update.Asset, update.At, reading));
                    if (buffer.Count == ChunkSize)
                    {
                        Flush(buffer);
                    }
                }
            }
        }

        public void Flush(int shard)
        {
            if (_buffers.TryGetValue(shard, out var buffer) && buffer.Count > 0)
            {
                Flush(buffer);
            }
        }

        private void Flush(List<LiveReading> buffer)
        {
            queue.Write([.. buffer]);
            buffer.Clear();
        }
    }
}
