using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Alatau.Iot.Mqtt.Client;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Benchmarks.Latency;

/// <summary>Assets that cross a limit to and fro, one every few milliseconds at an instant fixed beforehand, and a subscriber that takes the time of what comes of it.</summary>
internal sealed class AlarmProbe : IAsyncDisposable
{
    public const string Rule = "probe-limit";
    public const int Assets = 200;

    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_warm = TimeSpan.FromSeconds(1);

    private readonly string _site;
    private readonly long[] _sentAt = new long[Assets];
    private readonly List<double> _times = [];
    private readonly int _prefix;
    private readonly long _startedAt = TimeProvider.System.GetTimestamp();
    private MqttClient _publisher = null!;
    private MqttClient _subscriber = null!;
    private int _received;
    private int _wrong;

    private AlarmProbe(string site) => (_site, _prefix) = (site, "alatau/v1//".Length + site.Length);

    /// <summary>Messages sent.</summary>
    public int Sent { get; private set; }

    /// <param name="alarms">Whether alarms are awaited, or the messages themselves.</param>
    public static async Task<AlarmProbe> ConnectAsync(int port, string site, bool alarms)
    {
        var probe = new AlarmProbe(site);
        probe._subscriber = await MqttClient.ConnectAsync(new MqttClientOptions { Port = port, ClientId = "probe-subscriber" }, probe.Take);
        await probe._subscriber.SubscribeAsync(alarms ? $"alatau/v1/{site}/+/alarm/{Rule}" : $"alatau/v1/{site}/+/telemetry");
        probe._publisher = await MqttClient.ConnectAsync(new MqttClientOptions { Port = port, ClientId = "probe-publisher" });
        return probe;
    }

    /// <summary>Publishes until <paramref name="load"/> has ended. An asset's next crossing comes a second after its last.</summary>
    public async Task RunAsync(Task load)
    {
        using var timer = new PeriodicTimer(s_period, TimeProvider.System);
        while (!load.IsCompleted)
        {
            int asset = Sent % Assets;
            bool isBeyond = Sent / Assets % 2 == 0;
            byte[] topic = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"alatau/v1/{_site}/{asset}/telemetry"));
            byte[] payload = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""{"v":{"illuminance":{{{(isBeyond ? 200 : 0)}}}}}"""));
            if (Interlocked.Exchange(ref _sentAt[asset], TimeProvider.System.GetTimestamp()) != 0)
            {
                throw new WrongResultException($"Of asset {asset} nothing came within a second.");
            }

            if (_publisher.TryPublish(topic, payload, qos: 1) != MqttSendResult.Written)
            {
                throw new WrongResultException("The probe found no room.");
            }

            Sent++;
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>The times in milliseconds once everything has come, without those of the first second.</summary>
    public async Task<double[]> SortedAsync()
    {
        await Eventually.TrueAsync(() => Volatile.Read(ref _received) == Sent || Volatile.Read(ref _wrong) > 0);
        lock (_times)
        {
            return _wrong > 0 ? throw new WrongResultException($"{_wrong} messages came that nobody had sent.") : [.. _times.Order()];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync();
        await _subscriber.DisposeAsync();
    }

    private void Take(in MqttReceivedMessage message)
    {
        long now = TimeProvider.System.GetTimestamp();
        bool isAsset = Utf8Parser.TryParse(message.Topic[_prefix..], out int asset, out _) && asset is >= 0 and < Assets;
        long sentAt = isAsset ? Interlocked.Exchange(ref _sentAt[asset], 0) : 0;
        if (sentAt == 0)
        {
            Interlocked.Increment(ref _wrong);
            return;
        }

        if (TimeProvider.System.GetElapsedTime(_startedAt, sentAt) > s_warm)
        {
            lock (_times)
            {
                _times.Add(TimeProvider.System.GetElapsedTime(sentAt, now).TotalMilliseconds);
            }
        }

        Interlocked.Increment(ref _received);
    }
}
