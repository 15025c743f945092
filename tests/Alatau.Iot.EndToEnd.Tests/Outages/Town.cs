using System.Globalization;
using System.Text;
using Alatau.Iot.Mqtt.Client;

namespace Alatau.Iot.EndToEnd.Tests.Outages;

/// <summary>A town of real MQTT messages: a transformer with feeder <c>a</c> and feeder <c>b</c>, each meter reporting every second at an instant of its own. Who is without mains says nothing.</summary>
internal sealed class Town : IAsyncDisposable
{
    public const string Site = "town";

    /// <summary>Between two messages of a meter.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int Slices = 50;
    private static readonly byte[] s_alive = """{"v":{"voltage":230.0}}"""u8.ToArray();

    private readonly byte[][] _topics;
    private readonly Func<int, bool> _isOnA;
    private readonly bool _hasGateway;
    private readonly string? _bridge;
    private readonly CancellationTokenSource _stop = new();
    private MqttClient? _client;
    private Task _loop = Task.CompletedTask;
    private volatile bool _hasMains = true;

    /// <param name="metersOnA">Meters of feeder a.</param>
    /// <param name="metersOnB">Meters of feeder b.</param>
    /// <param name="hasGateway">Feeder a and its meters are reached through a gateway, which speaks as well and goes with them.</param>
    /// <param name="bridge">Bridge of the platform through which everything is reached; null for none.</param>
    public Town(int metersOnA, int metersOnB, bool hasGateway = false, string? bridge = null)
    {
        (MetersOnA, MetersOnB, _hasGateway, _bridge) = (metersOnA, metersOnB, hasGateway, bridge);
        string[] names = ["transformer", "feeder-b", .. Names("b", metersOnB), .. hasGateway ? (string[])["gateway"] : [], "feeder-a", .. Names("a", metersOnA)];
        _topics = [.. names.Select(n => Encoding.UTF8.GetBytes($"alatau/v1/{Site}/{n}/telemetry"))];
        int first = names.Length - metersOnA - (hasGateway ? 2 : 1);
        _isOnA = index => index >= first;
    }

    public int MetersOnA { get; }

    public int MetersOnB { get; }

    /// <summary>When the last message before the cut was sent.</summary>
    public DateTimeOffset CutAt { get; private set; }

    /// <summary>Rules that are quick enough for a test, this town as fleet, and one subscription to everything at <paramref name="hook"/>.</summary>
    public void WriteTo(DevicesCopy devices, Uri? hook)
    {
        devices.Replace("alarm-rules/device-silent/rule.json", "\"type\": \"silence\"", "\"type\": \"silence\", \"after\": \"2.5s\"");
        devices.Replace("alarm-rules/device-silent/rule.json", "\"severity\": \"low\"", "\"severity\": \"low\", \"kinds\": [\"meter\", \"feeder\", \"transformer\", \"gateway\"]");
        devices.Replace("alarm-rules/outage/rule.json", "\"within\": \"5s\"", "\"within\": \"500ms\"");
        if (hook is not null)
        {
            devices.Add("subscriptions/all.json", $$"""{"$schema":"../schemas/subscription.schema.json","scope":{},"targets":[{"webhook":{"url":"{{hook}}"} }]}""");
        }

        var fleet = new StringBuilder($$"""{"name":"{{Site}}","sites":[{"name":"{{Site}}"{{(_bridge is null ? "" : $",\"reachedThrough\":\"platform/bridge-{_bridge}\"")}}}],"assets":[{"id":"town/transformer","kind":"transformer","reportingInterval":"1s"},""");
        string through = _hasGateway ? ",\"reachedThrough\":\"town/gateway\"" : "";
        if (_hasGateway)
        {
            fleet.Append("""{"id":"town/gateway","kind":"gateway","displayName":"Gateway A","reportingInterval":"1s"},""");
        }

        fleet.Append(CultureInfo.InvariantCulture, $$"""{"id":"town/feeder-a","kind":"feeder","displayName":"Feeder A","reportingInterval":"1s","fedBy":"town/transformer"{{through}}},""");
        fleet.Append("""{"id":"town/feeder-b","kind":"feeder","reportingInterval":"1s","fedBy":"town/transformer"}""");
        foreach (string feeder in (string[])["a", "b"])
        {
            foreach (string meter in Names(feeder, feeder == "a" ? MetersOnA : MetersOnB))
            {
                fleet.Append(CultureInfo.InvariantCulture, $$""",{"id":"town/{{meter}}","kind":"meter","reportingInterval":"1s","fedBy":"town/feeder-{{feeder}}"{{(feeder == "a" ? through : "")}}}""");
            }
        }

        devices.Add($"fleets/{Site}.json", fleet.Append("]}").ToString());
    }

    /// <summary>Begins to publish, and goes on until it is disposed of; once more after a restart of the platform.</summary>
    public async Task ConnectAsync(int port)
    {
        var fresh = await MqttClient.ConnectAsync(new MqttClientOptions { Port = port, ClientId = "town", OutgoingQueueBytes = 4 << 20 });
        var old = Interlocked.Exchange(ref _client, fresh);
        if (old is null)
        {
            _loop = Task.Run(RunAsync);
        }
        else
        {
            await old.DisposeAsync();
        }
    }

    /// <summary>Feeder a has no mains from here on.</summary>
    public void Cut() => _hasMains = false;

    public void Restore() => _hasMains = true;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        _stop.Dispose();
    }

    private static IEnumerable<string> Names(string feeder, int count) => Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{feeder}-{i:D4}"));

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval / Slices, TimeProvider.System);
        bool hadMains = true;
        for (int slice = 0; ; slice = (slice + 1) % Slices)
        {
            bool hasMains = _hasMains;
            if (hadMains && !hasMains)
            {
                CutAt = TimeProvider.System.GetUtcNow();
            }

            hadMains = hasMains;
            for (int i = slice; i < _topics.Length; i += Slices)
            {
                if (hasMains || !_isOnA(i))
                {
                    // While the platform is away its meters speak to nobody.
                    var client = _client!;
                    while (client.TryPublish(_topics[i], s_alive) == MqttSendResult.NoRoom)
                    {
                        await client.WaitForRoomAsync();
                    }
                }
            }

            await timer.WaitForNextTickAsync(_stop.Token);
        }
    }
}
