namespace Alatau.Iot.Mqtt.Server;

/// <summary>What the server has counted since its start. Readable from any thread.</summary>
public sealed class MqttCounters
{
    private readonly long[] _events = new long[Enum.GetValues<MqttEvent>().Length];
    private long _received;
    private long _receivedBytes;
    private long _sent;
    private long _connections;
    private long _receivedQoS1;
    private long _receivedQoS2;

    /// <summary>PUBLISH packets that were valid and authorised.</summary>
    public long MessagesReceived => Interlocked.Read(ref _received);

    public long MessagesReceivedQoS1 => Interlocked.Read(ref _receivedQoS1);

    public long MessagesReceivedQoS2 => Interlocked.Read(ref _receivedQoS2);

    /// <summary>Bytes of whole packets received.</summary>
    public long BytesReceived => Interlocked.Read(ref _receivedBytes);

    /// <summary>PUBLISH packets written for subscribers.</summary>
    public long MessagesSent => Interlocked.Read(ref _sent);

    /// <summary>Open transport connections, silent ones included.</summary>
    public long Connections => Interlocked.Read(ref _connections);

    public long this[MqttEvent counted] => Interlocked.Read(ref _events[(int)counted]);

    internal void Count(MqttEvent counted) => Interlocked.Increment(ref _events[(int)counted]);

    internal void AddReceived(long messages, long qos1, long qos2, long bytes)
    {
        Interlocked.Add(ref _receivedBytes, bytes);
        if (messages > 0)
            Interlocked.Add(ref _received, messages);
        if (qos1 > 0)
            Interlocked.Add(ref _receivedQoS1, qos1);
        if (qos2 > 0)
            Interlocked.Add(ref _receivedQoS2, qos2);
    }

    internal void AddSent() => Interlocked.Increment(ref _sent);

    /// <summary>Counts a connection in; false (and not counted) when the limit is reached.</summary>
    internal bool TryEnter(int limit)
    {
        if (Interlocked.Increment(ref _connections) <= limit)
            return true;
        Interlocked.Decrement(ref _connections);
        return false;
    }

    internal void Leave() => Interlocked.Decrement(ref _connections);
}
