using Alatau.Iot.Core.Processing;

namespace Alatau.Iot.Core.Runtime;

/// <summary>Takes what assets brought about: the history recorder, the live views, the alarm dispatcher.</summary>
/// <remarks>
/// Called on the shard's own thread, once for each update that holds anything, in the order of that asset's life; different shards call concurrently.
/// The update and its spans are valid only during the call: copy what you keep. A sink may block only to exert back-pressure (the recorder), and never throws.
/// </remarks>
public interface IAssetUpdateSink
{
    /// <param name="shard">Which shard calls, 0 to <see cref="IAssetRuntime.ShardCount"/> exclusive: a sink keeps its buffers by it and needs no lock.</param>
    /// <param name="update">What happened.</param>
    void OnUpdate(int shard, AssetUpdate update);

    /// <summary>The shard's inbox is empty: hand on what was gathered. Called also at least every 100 ms while it isn't.</summary>
    void OnPause(int shard);
}
