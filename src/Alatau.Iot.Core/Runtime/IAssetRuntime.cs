using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;

namespace Alatau.Iot.Core.Runtime;

/// <summary>Where assets live: one actor each, its messages one after another. Engine on one machine, Orleans grains on many; one conformance suite.</summary>
public interface IAssetRuntime : IAlarmCommandIntake
{
    int ShardCount { get; }

    /// <summary>Hands a batch to its asset's actor; the batch is copied. Batches of one asset posted by one thread keep their order.</summary>
    /// <returns>False when the inbox is full: nothing was taken; wait with <see cref="WaitForRoomAsync"/> and try again.</returns>
    bool TryPost(in ReadingBatch batch);

    /// <summary>Whether a batch for <paramref name="asset"/> is worth posting now: asked before a message is written to the journal, so that none is written and then not taken.</summary>
    bool HasRoom(AssetHandle asset) => true;

    /// <summary>Completes when the inbox of <paramref name="asset"/>'s shard has room again.</summary>
    ValueTask WaitForRoomAsync(AssetHandle asset, CancellationToken cancellationToken);

    /// <summary>The present state of one asset, seen between two messages; null when it has never had a reading.</summary>
    ValueTask<AssetSnapshot?> GetAsync(AssetHandle asset, CancellationToken cancellationToken);

    /// <summary>The present state of several assets; those that never had a reading are left out.</summary>
    ValueTask<IReadOnlyList<AssetSnapshot>> GetManyAsync(IReadOnlyList<AssetHandle> assets, CancellationToken cancellationToken);

    /// <summary>Sums by site, at most a second old.</summary>
    ValueTask<IReadOnlyList<SiteTotals>> GetTotalsAsync(CancellationToken cancellationToken);

    /// <summary>Completes when everything posted before the call has been processed and handed to the sinks.</summary>
    ValueTask DrainAsync(CancellationToken cancellationToken);
}
