using System.Text;

namespace Alatau.Iot.Core.Assets;

/// <summary>All assets of this process by id and by handle. Grows, never shrinks; reads take no lock.</summary>
/// <remarks>Open addressing with linear probing, at most seven eighths full: 4 bytes a place, 5 to 9 an asset, no object. A place is written once; growing makes a new table.</remarks>
public sealed class AssetDirectory
{
    /// <summary>Default bound of <see cref="Capacity"/>.</summary>
    public const int DefaultCapacity = 2_000_000;

    private const int SmallestTable = 64;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _sites = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _siteNames;

    // Each place: index + 1, 0 for free.
    private int[] _places = new int[SmallestTable];
    private Asset[] _assets = new Asset[SmallestTable];
    private volatile int _count;

    public AssetDirectory(int capacity = DefaultCapacity)
    {
        Capacity = capacity;
        _siteNames = _sites.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Most assets it takes; self-registration past it is refused.</summary>
    public int Capacity { get; }

    public int Count => _count;

    public Asset this[AssetHandle handle] => Volatile.Read(ref _assets)[handle.Index];

    public bool TryFind(AssetId id, out AssetHandle handle)
    {
        Span<byte> name = stackalloc byte[AssetName.MaximumBytes];
        return TryFind(name[..AssetName.Write(id, name)], out handle);
    }

    /// <summary>Finds an asset by <c>site/asset</c> in UTF-8; allocates nothing, and what can't be an asset's name is found nowhere.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out AssetHandle handle)
    {
        int[] places = Volatile.Read(ref _places);
        int mask = places.Length - 1;
        for (int at = AssetName.Hash(name) & mask; ; at = (at + 1) & mask)
        {
            int index = Volatile.Read(ref places[at]) - 1;
            if (index < 0)
            {
                handle = default;
                return false;
            }

            if (AssetName.Is(Volatile.Read(ref _assets)[index].Id, name))
            {
                handle = new AssetHandle(index);
                return true;
            }
        }
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

            handle = new AssetHandle(_count);
            _sites.Add(asset.Id.Site);
            Append(asset);
            Place(asset.Id, handle.Index);
            _count++;
            return true;
        }
    }

    /// <summary>A site's name as text: the one string of all assets of that site, so that a hundred thousand assets don't each keep it; a new one for a site without assets.</summary>
    /// <param name="name">UTF-8.</param>
    public string SiteName(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[AssetId.MaximumPartLength];
        if (name.Length > text.Length)
        {
            return Encoding.UTF8.GetString(name);
        }

        text = text[..Encoding.UTF8.GetChars(name, text)];
        lock (_gate)
        {
            return _siteNames.TryGetValue(text, out string? known) ? known : text.ToString();
        }
    }

    /// <summary>A view of all assets registered up to now, in order of handles.</summary>
    public ReadOnlySpan<Asset> Snapshot()
    {
        int count = _count;
        return Volatile.Read(ref _assets).AsSpan(0, count);
    }

    private static void Put(int[] places, AssetId id, int index)
    {
        Span<byte> name = stackalloc byte[AssetName.MaximumBytes];
        int mask = places.Length - 1;
        int at = AssetName.Hash(name[..AssetName.Write(id, name)]) & mask;
        while (places[at] != 0)
        {
            at = (at + 1) & mask;
        }

        Volatile.Write(ref places[at], index + 1);
    }

    private void Append(Asset asset)
    {
        var assets = _assets;
        if (_count == assets.Length)
        {
            Array.Resize(ref assets, assets.Length * 2);
        }

        assets[_count] = asset;
        Volatile.Write(ref _assets, assets);
    }

    private void Place(AssetId id, int index)
    {
        var places = _places;
        if ((_count + 1) * 8L > places.Length * 7L)
        {
            places = new int[places.Length * 2];
            for (int i = 0; i < _count; i++)
            {
                Put(places, _assets[i].Id, i);
            }
        }

        Put(places, id, index);
        Volatile.Write(ref _places, places);
    }
}
