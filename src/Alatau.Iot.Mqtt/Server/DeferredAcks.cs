using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Transport;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>Acknowledgements of one connection that wait for the road's commit, in the order the messages came (4.6).</summary>
internal sealed class DeferredAcks
{
    private readonly Lock _gate = new();
    private Entry[] _ring = [];
    private int _head;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(MqttPacketType type, ushort packetId, MqttReasonCode reason, long position)
    {
        lock (_gate)
        {
            if (_count == _ring.Length)
                Grow();
            _ring[(_head + _count) & (_ring.Length - 1)] = new Entry(position, packetId, (byte)type, (byte)reason);
            Volatile.Write(ref _count, _count + 1);
        }
    }

    /// <summary>Writes, in order, every acknowledgement up to the first that isn't committed. True when something was written.</summary>
    public bool WriteCommitted(long committed, OutgoingBytes outgoing, MqttProtocolVersion version, out bool mustWake)
    {
        mustWake = false;
        lock (_gate)
        {
            if (_count == 0 || _ring[_head].Position > committed)
                return false;
            lock (outgoing.Gate)
            {
                do
                {
                    Entry entry = _ring[_head];
                    _head = (_head + 1) & (_ring.Length - 1);
                    Volatile.Write(ref _count, _count - 1);
                    if (!outgoing.IsCompleted)
                        AckPacket.Write(outgoing, (MqttPacketType)entry.Type, version, entry.PacketId, (MqttReasonCode)entry.Reason);
                }
                while (_count > 0 && _ring[_head].Position <= committed);
                mustWake = !outgoing.IsCompleted && outgoing.MarkDirty();
            }

            return true;
        }
    }

    private void Grow()
    {
        var larger = new Entry[Math.Max(64, _ring.Length * 2)];
        for (int index = 0; index < _count; index++)
            larger[index] = _ring[(_head + index) & (_ring.Length - 1)];
        _ring = larger;
        _head = 0;
    }

    private readonly record struct Entry(long Position, ushort PacketId, byte Type, byte Reason);
}
