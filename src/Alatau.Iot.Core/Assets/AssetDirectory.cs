namespace Alatau.Iot.Core.Assets;

/// <summary>All assets of this process by id and by handle. Grows, never shrinks; reads take no lock.</summary>
public sealed class AssetDirectory
{
    /// <summary>Default bound of <see cref="Capacity"/>.</summary>
    public const int DefaultCapacity = 2_000_000;

    private readonly Lock _gate = new();
    private readonly System.Collections.Concurrent.ConcurrentDictionary<AssetId, int> _byId = new();
    private Asset[] _assets = new Asset[64];
    private volatile int _count;

    public AssetDirectory(int capacity = DefaultCapacity) => Capacity = capacity;

    /// <summary>Most assets it takes; self-registration past it is refused.</summary>
    public int Capacity { get; }

    public int Count => _count;

    public Asset this[AssetHandle handle] => Volatile.Read(ref _assets)[handle.Index];

    public bool TryFind(AssetId id, out AssetHandle handle)
    {
        bool found = _byId.TryGetValue(id, out int index);
        handle = new AssetHandle(index);
        return found;
    }

    /// <summary>Adds an asset, or finds the one of the same id, whose description stays as it is.</summary>
    /// <returns>False when the directory is full.</returns>
    public bool TryRegister(Asset asset, out AssetHandle handle)
    {
        if (TryFind(asset.Id, out handle))
        {
            return true;
        }

        lock (_gate)
        {
            if (TryFind(asset.Id, out handle))
            {
                return true;
            }

            if (_count >= Capacity)
            {
                return false;
            }

            var assets = _assets;
            if (_count == assets.Length)
            {
                Array.Resize(ref assets, assets.Length * 2);
            }

            assets[_count] = asset;
            Volatile.Write(ref _assets, assets);
            handle = new AssetHandle(_count);
            _count++;
            _byId[asset.Id] = handle.Index;
            return true;
        }
    }

    /// <summary>A view of all assets registered up to now, in order of handles.</summary>
    public ReadOnlySpan<Asset> Snapshot()
    {
        int count = _count;
        return Volatile.Read(ref _assets).AsSpan(0, count);
    }
}
