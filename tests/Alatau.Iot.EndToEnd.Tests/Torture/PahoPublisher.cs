using System.Globalization;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>A publisher nobody here wrote: paho-mqtt as it is, which connects again and sends again by itself.</summary>
internal sealed class PahoPublisher : ITorturePublisher
{
    // The payloads come on standard input, one line each: ours to compute, paho's to bring across. An empty line ends.
    private const string Script = """
        acked, lock, mids, early, counts = 0, threading.Lock(), {}, set(), [0]
        def on_publish(client, data, mid, *more):
            global acked
            with lock:
                if mids.pop(mid, None) is not None:
                    acked += 1
                else:
                    early.add(mid)
        c = new_client("torture-paho", clean_session=False)
        c.max_queued_messages_set(0)
        c.reconnect_delay_set(1, 1)
        c.on_publish = on_publish
        # What is published while paho connects again would overtake what it sends again: wait until that is acknowledged.
        state = {"connected": False, "behind": False}
        def on_connect(*more):
            state["connected"] = True
        def on_disconnect(*more):
            state.update(connected=False, behind=True)
        c.on_connect = on_connect
        c.on_disconnect = on_disconnect
        c.connect("127.0.0.1", PORT)
        c.loop_start()
        sent = 0
        for line in sys.stdin:
            line = line.rstrip("\n")
            if not line:
                break
            topic, payload = line.split(" ", 1)
            while state["behind"] or sent - acked > 500:
                if state["connected"] and acked == sent:
                    state["behind"] = False
                else:
                    time.sleep(0.01)
            info = c.publish(topic, payload, qos=1)
            with lock:
                if info.mid in early:
                    early.discard(info.mid)
                    acked += 1
                else:
                    mids[info.mid] = True
            sent += 1
        while acked < sent:
            time.sleep(0.02)
        say("DONE %d %d" % (sent, acked))
        c.disconnect()
        c.loop_stop()
        """;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly ProcessPeer _python;
    private readonly double _perSecond;
    private readonly int[] _next;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _feeding;

    public PahoPublisher(IReadOnlyList<TortureSignal> signals, int port, double perSecond)
    {
        (Signals, _perSecond, _next) = (signals, perSecond, new int[signals.Count]);
        _python = PahoScript.Start(port, Script);
        _feeding = Task.Run(FeedAsync);
    }

    public IReadOnlyList<TortureSignal> Signals { get; }

    public long Sent { get; private set; }

    public long Acknowledged { get; private set; }

    public IReadOnlyCollection<string> AcknowledgedBad => [];

    public async Task<IReadOnlyList<int>> FinishAsync(TimeSpan patience)
    {
        await _stop.CancelAsync();
        await _feeding;
        for (int i = 0; i < Signals.Count; i++)
        {
            await WriteAsync(i, Signals[i].ClosingPayload(_next[i]));
        }

        await _python.Input.WriteLineAsync();
        await _python.Input.FlushAsync();
        await _python.WaitForAsync("DONE ", patience);
        string[] words = _python.Output[_python.Output.IndexOf("DONE ", StringComparison.Ordinal)..].Split(' ', '\n');
        Sent = long.Parse(words[1], CultureInfo.InvariantCulture);
        Acknowledged = long.Parse(words[2], CultureInfo.InvariantCulture);
        return _next;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _python.DisposeAsync();
        _stop.Dispose();
    }

    private async Task FeedAsync()
    {
        long began = TimeProvider.System.GetTimestamp();
        long fed = 0;
        while (!_stop.IsCancellationRequested)
        {
            while (fed < TimeProvider.System.GetElapsedTime(began).TotalSeconds * _perSecond && !_stop.IsCancellationRequested)
            {
                int which = (int)(fed++ % Signals.Count);
                await WriteAsync(which, Signals[which].Payload(_next[which]++));
            }

            await _python.Input.FlushAsync();
            await Task.Delay(s_pause, TimeProvider.System);
        }
    }

    private Task WriteAsync(int which, byte[] payload) =>
        _python.Input.WriteLineAsync($"{System.Text.Encoding.UTF8.GetString(Signals[which].Topic)} {System.Text.Encoding.UTF8.GetString(payload)}");
}
