using System.Buffers;
using System.Text;
using Alatau.Iot.Mqtt.Client;

namespace Alatau.Iot.Simulator.Playing;

/// <summary>One device's connection: keeps each message until the broker acknowledged it, and says it again after a loss.</summary>
/// <remarks>
/// The window of unacknowledged messages is a ring; its front are those written on the present connection. Acknowledgements come in the order
/// of the messages (MQTT-4.6.0-2), so each one frees the oldest. One thread publishes; acknowledgements come from the connection's read loop.
/// </remarks>
internal sealed class MqttDeviceLink : IDeviceLink, IAsyncDisposable
{
    private readonly byte[] topic;
    private readonly int qualityOfService;
    private readonly PlayCounters counters;
    private readonly MqttLink link;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim room;
    private readonly (byte[] Buffer, int Length)[] window;
    private TaskCompletionSource? empty;
    private Action<MqttPublishResult>? acknowledged;
    private MqttClient? client;
    private int oldest;
    private int count;
    private int written;
    private long accepted;
    private bool wasConnected;

    internal MqttDeviceLink(string topic, MqttClientOptions options, int qualityOfService, int maximumInFlight, PlayCounters counters)
    {
        this.topic = Encoding.UTF8.GetBytes(topic);
        this.qualityOfService = qualityOfService;
        this.counters = counters;
        room = new SemaphoreSlim(maximumInFlight, maximumInFlight);
        window = new (byte[], int)[maximumInFlight];
        link = new MqttLink(options);
        link.StateChanged += OnStateChanged;
    }

    /// <summary>Messages the broker took; at QoS 0 those written.</summary>
    internal long Accepted => Interlocked.Read(ref accepted);

    /// <summary>Messages that wait for their acknowledgement.</summary>
    internal int Waiting
    {
        get
        {
            lock (gate)
                return count;
        }
    }

    /// <summary>Why the last attempt to connect failed.</summary>
    internal string? LastFault => link.LastFault;

    internal void Start() => link.Start();

    internal Task WaitForConnectionAsync(CancellationToken cancellation) => link.WaitForConnectionAsync(cancellation);

    public ValueTask PublishAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        var turn = room.WaitAsync(cancellation);
        if (!turn.IsCompletedSuccessfully)
            return PublishLaterAsync(turn, payload);
        Keep(payload.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Completes when every message is acknowledged.</summary>
    internal Task WaitForEmptyAsync()
    {
        lock (gate)
        {
            return count == 0 ? Task.CompletedTask : (empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        link.StateChanged -= OnStateChanged;
        await link.DisposeAsync();
        room.Dispose();
        for (; count > 0; count--)
        {
            ArrayPool<byte>.Shared.Return(window[oldest].Buffer);
            oldest = (oldest + 1) % window.Length;
        }
    }

    private async ValueTask PublishLaterAsync(Task turn, ReadOnlyMemory<byte> payload)
    {
#pragma warning disable VSTHRD003 // The turn was asked for by the caller of this very method.
        await turn;
#pragma warning restore VSTHRD003
        Keep(payload.Span);
    }

    private void Keep(ReadOnlySpan<byte> payload)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(buffer);
        lock (gate)
        {
            window[(oldest + count) % window.Length] = (buffer, payload.Length);
            count++;
            WriteWaiting();
        }
    }

    /// <summary>Writes what the connection has room for. Under the gate.</summary>
    private void WriteWaiting()
    {
        while (client is not null && written < count)
        {
            var (buffer, length) = window[(oldest + written) % window.Length];
            var result = client.TryPublish(topic, buffer.AsSpan(0, length), qualityOfService, acknowledged: acknowledged);
            if (result == MqttSendResult.NoRoom)
            {
                // An acknowledgement will go on with it; without acknowledgements the room itself has to.
                if (qualityOfService == 0 || written == 0)
                    _ = GoOnWithRoomAsync(client);
                return;
            }

            if (result == MqttSendResult.Closed)
            {
                client = null;
                return;
            }

            if (result == MqttSendResult.TooLarge && written > 0)
                return; // Its turn to be refused comes when those before it are acknowledged.

            written++;
            if (result == MqttSendResult.TooLarge)
                FreeOldest(isAccepted: false);
            else if (qualityOfService == 0)
                FreeOldest(isAccepted: true);
        }
    }

    private async Task GoOnWithRoomAsync(MqttClient on)
    {
        await on.WaitForRoomAsync();
        lock (gate)
        {
            if (ReferenceEquals(on, client))
                WriteWaiting();
        }
    }

    /// <summary>Under the gate.</summary>
    private void FreeOldest(bool isAccepted)
    {
        ArrayPool<byte>.Shared.Return(window[oldest].Buffer);
        window[oldest] = default;
        oldest = (oldest + 1) % window.Length;
        count--;
        written--;
        if (isAccepted)
        {
            Interlocked.Increment(ref accepted);
            counters.AddAcknowledged();
        }
        else
        {
            counters.AddRefused();
        }

        room.Release();
        if (count == 0 && empty is not null)
        {
            empty.TrySetResult();
            empty = null;
        }
    }

    private void OnAcknowledged(MqttClient? on, MqttPublishResult result)
    {
        // Lost ones stay in the window and are said again on the next connection.
        if (result.IsConnectionLost)
            return;
        lock (gate)
        {
            if (!ReferenceEquals(on, client) || written == 0)
                return;
            FreeOldest(result.IsAccepted);
            WriteWaiting();
        }
    }

    private void OnStateChanged(bool isConnected)
    {
        if (!isConnected)
        {
            counters.AddLoss();
            lock (gate)
                client = null;
            return;
        }

        counters.AddConnection(!wasConnected);
        wasConnected = true;
        lock (gate)
        {
            var present = link.Client;
            client = present;
            acknowledged = qualityOfService == 0 ? null : result => OnAcknowledged(present, result);
            written = 0;
            WriteWaiting();
        }
    }
}
