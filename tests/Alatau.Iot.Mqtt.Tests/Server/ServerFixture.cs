using System.Net;
using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Mqtt.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Mqtt.Tests.Server;

/// <summary>Our server on a free loopback port inside Kestrel, as the host runs it.</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServerFixture(WebApplication app, MqttServer server, int port, int tlsPort)
    {
        _app = app;
        Server = server;
        Port = port;
        TlsPort = tlsPort;
    }

    public MqttServer Server { get; }

    public int Port { get; }

    public int TlsPort { get; }

    public static async Task<ServerFixture> StartAsync(Action<MqttServerOptions>? change = null, IMqttPublishSink? sink = null, IMqttAuthenticator? authenticator = null)
    {
        var options = new MqttServerOptions { Port = 0, TlsPort = 0 };
        change?.Invoke(options);
        var server = new MqttServer(options, authenticator ?? new LoopbackOnly(), sink);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(server);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenMqtt(IPAddress.Loopback, options));
        WebApplication app = builder.Build();
        await app.StartAsync();
        int[] ports = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address).Port)];
        return new ServerFixture(app, server, ports[0], ports[^1]);
    }

    /// <summary>Waits until the condition holds; the server's own events drive it, the wait only looks.</summary>
    public static async Task EventuallyAsync(Func<bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(60), $"Never: {what}");
            await timer.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
