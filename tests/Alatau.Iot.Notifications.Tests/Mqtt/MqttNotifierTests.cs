using System.Net;
using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Mqtt.Server;
using Alatau.Iot.Notifications.Mqtt;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Conformance;
using Alatau.Iot.Testing.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Notifications.Tests.Mqtt;

/// <summary>The notifier before our own server, with mosquitto_sub as the subscriber.</summary>
public sealed class MqttNotifierTests : NotifierConformance, IAsyncLifetime
{
    private MqttServer _server = null!;
    private WebApplication _app = null!;
    private ProcessPeer? _subscriber;
    private int _port;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        var options = new MqttServerOptions { Port = 0 };
        _server = new MqttServer(options, new LoopbackOnly());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenMqtt(IPAddress.Loopback, options));
        builder.Services.AddSingleton(_server);
        _app = builder.Build();
        await _app.StartAsync();
        _port = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_subscriber is not null)
        {
            await _subscriber.DisposeAsync();
        }

        if (_app is not null)
        {
            await _server.DisposeAsync();
            await _app.DisposeAsync();
        }
    }

    protected override async ValueTask<INotifier> CreateAsync()
    {
        _subscriber = await MosquittoClients.SubscribeAsync(_port, "alatau/v1/+/+/alarm/+", "-F", "MSG %r %t %p");
        return new MqttNotifier(new ServerAlarmPublisher(new Lazy<MqttServer>(_server)));
    }

    protected override ValueTask<INotifier> CreateWithoutTargetAsync() => ValueTask.FromResult<INotifier>(new MqttNotifier(new AbsentBroker()));

    protected override async Task<IReadOnlyList<ReceivedNotification>> ReceivedAsync(int count)
    {
        await Eventually.TrueAsync(() => Lines(_subscriber!).Length >= count);
        return [.. Lines(_subscriber!).Select(l => Parse(l[(l.IndexOf('{', StringComparison.Ordinal))..]))];
    }

    [Fact]
    public async Task DeliverAsync_SubscriberThatComesLater_FindsTheLatestStateRetained()
    {
        var notifier = new MqttNotifier(new ServerAlarmPublisher(new Lazy<MqttServer>(_server)));
        await notifier.DeliverAsync(Told(Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, 254.2, "254.2 V")), default);
        await notifier.DeliverAsync(Told(Step(AlarmState.Unacknowledged, AlarmState.Normal, 60, 250, "250 V")), default);
        _subscriber = await MosquittoClients.SubscribeAsync(_port, "alatau/v1/gate/#", "-F", "MSG %r %t %p");
        await Eventually.TrueAsync(() => Lines(_subscriber).Length >= 1);
        string line = Assert.Single(Lines(_subscriber));
        Assert.StartsWith("MSG 1 alatau/v1/gate/meter-004/alarm/voltage-high {", line, StringComparison.Ordinal);
        using var message = JsonDocument.Parse(line[line.IndexOf('{', StringComparison.Ordinal)..]);
        var root = message.RootElement;
        Assert.Equal("normal", root.GetProperty("state").GetString());
        Assert.Equal("high", root.GetProperty("severity").GetString());
        Assert.Equal("Voltage above 253 V", root.GetProperty("title").GetString());
        Assert.Equal("2026-11-22T05:01:00.000Z", root.GetProperty("at").GetString());
        Assert.Equal("2026-11-22T05:00:00.000Z", root.GetProperty("raisedAt").GetString());
    }

    private static string[] Lines(ProcessPeer peer) => [.. peer.Output.Split('\n').Where(l => l.StartsWith("MSG ", StringComparison.Ordinal))];

    private static ReceivedNotification Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var value = root.GetProperty("value");
        return new ReceivedNotification(
            root.GetProperty("id").GetString()!, root.GetProperty("state").GetString()!, value.ValueKind == JsonValueKind.Null ? null : value.GetDouble(), root.GetProperty("why").GetString()!);
    }

    /// <summary>A broker that is not there.</summary>
    private sealed class AbsentBroker : IAlarmPublisher
    {
        public string Target => "mqtt://nowhere";

        public ValueTask PublishAsync(ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken cancellationToken) => throw new IOException("Connection refused.");
    }
}
