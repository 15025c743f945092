using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Client;

/// <summary>Our unacknowledged QoS 1 and 2 messages by packet id, 1 to the most that may be under way. Guarded by the connection's outgoing gate.</summary>
internal sealed class InFlight(int maximum)
{
    private Slot[] _slots = [];
    private ushort[] _free = [];
    private int _freeCount;

    public int Count { get; private set; }

    /// <summary>Messages that may be under way.</summary>
    public int Maximum => maximum;

    /// <summary>Takes a packet id; 0 when all are under way.</summary>
    public ushort Take(byte qos, object? completion)
    {
        if (_freeCount == 0 && !TryGrow())
            return 0;
        ushort id = _free[--_freeCount];
        _slots[id] = new Slot(completion, qos, IsReleased: false, IsUsed: true);
        Count++;
        return id;
    }

    /// <summary>Frees the id when it is under way at the given stage; answers who waits for it.</summary>
    public bool TryFinish(ushort id, MqttPacketType by, bool isFailure, out object? completion)
    {
        completion = null;
        if (id >= _slots.Length || !_slots[id].IsUsed)
            return false;
        Slot slot = _slots[id];
        bool fits = by switch
        {
            MqttPacketType.PublishAck => slot.QoS == 1,
            MqttPacketType.PublishReceived => slot.QoS == 2 && isFailure,
            _ => slot.QoS == 2 && slot.IsReleased,
        };
        if (!fits)
            return false;
        completion = slot.Completion;
        _slots[id] = default;
        _free[_freeCount++] = id;
        Count--;
        return true;
    }

    /// <summary>PUBREC has come for a QoS 2 message.</summary>
    public bool TryRelease(ushort id)
    {
        if (id >= _slots.Length || _slots[id] is not { IsUsed: true, QoS: 2 })
            return false;
        _slots[id] = _slots[id] with { IsReleased = true };
        return true;
    }

    /// <summary>Empties the table; answers all that wait.</summary>
    public List<object> Clear()
    {
        List<object> waiting = [.. _slots.Where(slot => slot.IsUsed && slot.Completion is not null).Select(slot => slot.Completion!)];
        _slots = [];
        _free = [];
        _freeCount = 0;
        Count = 0;
        return waiting;
    }

    private bool TryGrow()
    {
        int before = Math.Max(1, _slots.Length);
        if (before > maximum)
            return false;
        int after = Math.Min(maximum + 1, Math.Max(17, before * 2));
        Array.Resize(ref _slots, after);
        Array.Resize(ref _free, after);
        for (int id = after - 1; id >= before; id--)
            _free[_freeCount++] = (ushort)id;
        return true;
    }

    private readonly record struct Slot(object? Completion, byte QoS, bool IsReleased, bool IsUsed);
}
