using System.Text;
using Alatau.Iot.Mqtt.Client;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>Our own client as a gateway with several assets: pipelined, in order, breaking off now and then by itself.</summary>
internal sealed class TorturePublisher : ITorturePublisher
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly string _name;
    private readonly int _port;
    private readonly int _inFlight;
    private readonly int _lostAnswers;
    private readonly double _perSecond;
    private readonly Random _random;
    private readonly int[] _next;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Message> _unacknowledged = [];
    private readonly Queue<Message> _lately = new();
    private readonly HashSet<string> _bad = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private volatile bool _isFinishing;
    private long _order;
    private long _sent;
    private long _acknowledged;
    private int _closed;

    /// <param name="memory">Messages that its assets remember together: as many as may be under way or acknowledged with the answer lost, so that they are sent again.</param>
    public TorturePublisher(string name, IReadOnlyList<TortureSignal> signals, int port, double perSecond, int memory, Random random)
    {
        (_name, Signals, _port, _perSecond, _inFlight, _lostAnswers, _random) = (name, signals, port, perSecond, memory / 2, memory / 2, random);
        _next = new int[signals.Count];
        _running = Task.Run(RunAsync);
    }

    public IReadOnlyList<TortureSignal> Signals { get; }

    public long Sent => Interlocked.Read(ref _sent);

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Connections it broke off by itself.</summary>
    public int BrokenOff { get; private set; }

    public IReadOnlyCollection<string> AcknowledgedBad => _bad;

    public async Task<IReadOnlyList<int>> FinishAsync(TimeSpan patience)
    {
        _isFinishing = true;
        try
        {
            await await Task.WhenAny(_finished.Task, _running).WaitAsync(patience);
        }
        catch (TimeoutException e)
        {
            lock (_gate)
            {
                throw new TimeoutException($"{_name}: {_unacknowledged.Count} messages are not acknowledged after {patience}.", e);
            }
        }

        return _next;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private sealed record Message(long Order, byte[] Topic, byte[] Payload, string? Bad);

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested && !_finished.Task.IsCompleted)
        {
            try
            {
                var options = new MqttClientOptions { Port = _port, ClientId = _name, MaximumInFlight = _inFlight, ConnectTimeout = TimeSpan.FromSeconds(5) };
                await using var client = await MqttClient.ConnectAsync(options, null, _stop.Token);
                await PublishAsync(client);
            }
            catch (Exception e) when (e is IOException or TimeoutException or System.Net.Sockets.SocketException)
            {
                // The platform is away; it comes back.
                await Task.Delay(s_pause, TimeProvider.System, _stop.Token);
            }
        }
    }

    private async Task PublishAsync(MqttClient client)
    {
        var again = new Queue<Message>();
        lock (_gate)
        {
            // As if the last answers of the connection before had been lost on the way.
            foreach (var message in _lately.TakeLast(_random.Next(_lostAnswers)).Concat(_unacknowledged.Values).OrderBy(m => m.Order))
            {
                again.Enqueue(message);
            }
        }

        long began = TimeProvider.System.GetTimestamp();
        long fresh = 0;
        double lifetime = 1 + (_random.NextDouble() * 8);
        while (client.IsConnected && !_finished.Task.IsCompleted)
        {
            var age = TimeProvider.System.GetElapsedTime(began);
            if (age.TotalSeconds > lifetime && !_isFinishing)
            {
                BrokenOff++;
                client.Abort();
                return;
            }

            if (!again.TryPeek(out var message) && (_isFinishing || fresh < age.TotalSeconds * _perSecond))
            {
                message = Next();
                fresh++;
                if (message is not null)
                {
                    again.Enqueue(message);
                }
            }

            if (message is null)
            {
                await Task.Delay(s_pause, TimeProvider.System, _stop.Token);
                continue;
            }

            switch (client.TryPublish(message.Topic, message.Payload, qos: 1, acknowledged: result => OnAnswer(message, result)))
            {
                case MqttSendResult.Written:
                    again.Dequeue();
                    Interlocked.Increment(ref _sent);
                    break;
                case MqttSendResult.NoRoom:
                    await client.WaitForRoomAsync().WaitAsync(_stop.Token);
                    break;
                default:
                    return;
            }
        }
    }

    /// <summary>The next message that nobody has sent; null when all are.</summary>
    private Message? Next()
    {
        lock (_gate)
        {
            if (_isFinishing && _closed == Signals.Count)
            {
                return null;
            }

            long order = _order++;
            int which = (int)(order % Signals.Count);
            Message message;
            if (_isFinishing)
            {
                var signal = Signals[_closed];
                message = new Message(order, signal.Topic, signal.ClosingPayload(_next[_closed++]), null);
            }
            else if (order % 611 == 610)
            {
                string bad = $"{_name}-{order}";
                message = new Message(order, Signals[which].Topic, Encoding.UTF8.GetBytes($"{{\"ts\":\"{bad}"), bad);
            }
            else
            {
                message = new Message(order, Signals[which].Topic, Signals[which].Payload(_next[which]++), null);
            }

            _unacknowledged.Add(order, message);
            return message;
        }
    }

    private void OnAnswer(Message message, MqttPublishResult result)
    {
        if (!result.IsAccepted)
        {
            return;
        }

        lock (_gate)
        {
            if (!_unacknowledged.Remove(message.Order))
            {
                return;
            }

            _lately.Enqueue(message);
            if (_lately.Count > _lostAnswers)
            {
                _lately.Dequeue();
            }

            if (message.Bad is { } bad)
            {
                _bad.Add(bad);
            }
            else
            {
                _acknowledged++;
            }

            if (_isFinishing && _closed == Signals.Count && _unacknowledged.Count == 0)
            {
                _finished.TrySetResult();
            }
        }
    }
}
