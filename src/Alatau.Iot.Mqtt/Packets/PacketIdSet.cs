namespace Alatau.Iot.Mqtt.Packets;

/// <summary>Packet identifiers as bits, 8 KiB once the first is set.</summary>
internal sealed class PacketIdSet
{
    private ulong[]? _bits;

    public int Count { get; private set; }

    public bool Contains(ushort id) => _bits is not null && (_bits[id >> 6] & (1UL << (id & 63))) != 0;

    public bool Add(ushort id)
    {
        _bits ??= new ulong[1024];
        if (Contains(id))
            return false;
        _bits[id >> 6] |= 1UL << (id & 63);
        Count++;
        return true;
    }

    public bool Remove(ushort id)
    {
        if (!Contains(id))
            return false;
        _bits![id >> 6] &= ~(1UL << (id & 63));
        Count--;
        return true;
    }

    public void Clear()
    {
        _bits = null;
        Count = 0;
    }
}
