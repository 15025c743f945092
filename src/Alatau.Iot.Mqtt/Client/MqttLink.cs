using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Client;

/// <summary>A connection that comes back: connects, subscribes, and after every loss does so again, with jittered exponential pauses.</summary>
/// <remarks>Subscriptions are renewed whenever the broker hasn't kept the session. One loop; safe for use from any thread.</remarks>
public sealed class MqttLink : IAsyncDisposable
{
    private readonly MqttClientOptions _options;
    private readonly MqttMessageHandler? _handler;
    private readonly IReadOnlyList<MqttSubscription> _subscriptions;
    private readonly MqttClientSession _session = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource<MqttClient> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MqttClient? _client;
    private Task _running = Task.CompletedTask;
    private long _connects;
    private long _failures;

    /// <param name="handler">Called on the read loop of whichever connection is up.</param>
    /// <param name="subscriptions">Made at every connect that finds no session.</param>
    public MqttLink(MqttClientOptions options, MqttMessageHandler? handler = null, IReadOnlyList<MqttSubscription>? subscriptions = null)
    {
        IReadOnlyList<string> faults = options.Validate();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, faults), nameof(options));
        _options = options.Clone();
        _handler = handler;
        _subscriptions = subscriptions ?? [];
    }

    /// <summary>Raised, from the link's loop, when a connection is up and subscribed (true) or lost (false).</summary>
#pragma warning disable MA0046 // One flag says all; the sender is known to whoever subscribes.
    public event Action<bool>? StateChanged;
#pragma warning restore MA0046

    /// <summary>Null while not connected.</summary>
    public MqttClient? Client => Volatile.Read(ref _client);

    public bool IsConnected => Client is { IsConnected: true };

    /// <summary>Connections made.</summary>
    public long Connects => Interlocked.Read(ref _connects);

    /// <summary>Attempts that failed.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Why the last attempt or connection ended; null before the first.</summary>
    public string? LastFault { get; private set; }

    /// <summary>Starts the loop and answers at once; calling it again does nothing.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_running.IsCompleted && !_stop.IsCancellationRequested)
                _running = Task.Run(RunAsync);
        }
    }

    /// <summary>The connection that is up, or the next one.</summary>
    public Task<MqttClient> WaitForConnectionAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
            return _connected.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Publishes on the connection that is up.</summary>
    public MqttSendResult TryPublish(
        ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, int qos = 0, bool retain = false, Action<MqttPublishResult>? acknowledged = null)
        => Client is { } client ? client.TryPublish(topic, payload, qos, retain, acknowledged) : MqttSendResult.Closed;

    /// <summary>Publishes until the broker has answered, over as many connections as it takes: at least once (a QoS 2 message whose answer was lost may come twice).</summary>
    public async ValueTask<MqttPublishResult> PublishAsync(
        ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, int qos = 1, bool retain = false, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            MqttClient client = await WaitForConnectionAsync(cancellationToken);
            MqttPublishResult result = await client.PublishAsync(topic, payload, qos, retain, cancellationToken);
            if (!result.IsConnectionLost)
                return result;
            await client.Completion.WaitAsync(cancellationToken);
            Forget(client);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
#pragma warning disable VSTHRD003 // The loop is this link's own.
        await _running;
#pragma warning restore VSTHRD003
        _stop.Dispose();
        lock (_gate)
            _connected.TrySetCanceled();
    }

    /// <summary>The pause after a failure: between the minimum and three times the last one, at most the maximum.</summary>
    internal static TimeSpan NextPause(TimeSpan last, MqttClientOptions options)
    {
        double low = options.ReconnectMinimum.TotalMilliseconds;
        double high = Math.Max(low, Math.Min(options.ReconnectMaximum.TotalMilliseconds, last.TotalMilliseconds * 3));
        double share;
        lock (options.Random)
            share = options.Random.NextDouble();
        return TimeSpan.FromMilliseconds(low + (share * (high - low)));
    }

    private async Task RunAsync()
    {
        TimeSpan pause = _options.ReconnectMinimum;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using MqttClient client = await MqttClient.ConnectAsync(_options, _handler, _session, _stop.Token);
                if (_subscriptions.Count > 0 && !client.IsSessionPresent)
                    await SubscribeAsync(client);
                Interlocked.Increment(ref _connects);
                pause = _options.ReconnectMinimum;
                lock (_gate)
                {
                    Volatile.Write(ref _client, client);
                    _connected.TrySetResult(client);
                }

                StateChanged?.Invoke(true);
                await client.Completion.WaitAsync(_stop.Token);
                LastFault = client.EndFault?.Message ?? client.EndReason?.ToString() ?? "The connection ended.";
                Forget(client);
                StateChanged?.Invoke(false);
            }
            catch (IOException exception)
            {
                Interlocked.Increment(ref _failures);
                LastFault = exception.Message;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The link is being disposed; the client said goodbye on its way out.
                return;
            }
            finally
            {
                if (Client is { } gone)
                    Forget(gone);
            }

            pause = NextPause(pause, _options);
            await Task.Delay(pause, _options.Time, _stop.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task SubscribeAsync(MqttClient client)
    {
        MqttReasonCode[] codes = await client.SubscribeAsync(_subscriptions, _stop.Token);
        for (int index = 0; index < codes.Length; index++)
        {
            if (codes[index] >= MqttReasonCode.UnspecifiedError)
                throw new MqttConnectException(codes[index], $"The broker refused the subscription {_subscriptions[index].Filter}: {codes[index]}.");
        }
    }

    private void Forget(MqttClient client)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_client, client))
                return;
            Volatile.Write(ref _client, null);
            _connected = new TaskCompletionSource<MqttClient>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
