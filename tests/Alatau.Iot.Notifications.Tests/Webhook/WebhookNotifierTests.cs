using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Notifications.Subscriptions;
using Alatau.Iot.Notifications.Webhook;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Conformance;
using Alatau.Iot.Testing.Peers;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Notifications.Tests.Webhook;

/// <summary>The notifier before a real HTTP server.</summary>
public sealed class WebhookNotifierTests : NotifierConformance, IAsyncLifetime
{
    private static readonly WebhookOptions s_loopback = new() { AllowPrivate = ["127.0.0.0/8"], ConsoleUrl = "https://console.alatau.example/" };

    private readonly List<IDisposable> _clients = [];
    private WebhookReceiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await WebhookReceiver.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(c => c.Dispose());
        await _receiver.DisposeAsync();
    }

    protected override ValueTask<INotifier> CreateAsync() => ValueTask.FromResult(Notifier(_receiver.Url));

    protected override ValueTask<INotifier> CreateWithoutTargetAsync() => ValueTask.FromResult(Notifier(new Uri($"http://127.0.0.1:{FreePort.Take()}/")));

    protected override async Task<IReadOnlyList<ReceivedNotification>> ReceivedAsync(int count)
    {
        await Eventually.TrueAsync(() => _receiver.Requests.Count >= count);
        return [.. _receiver.Requests.Select(r => Event(r).GetProperty("data").GetProperty("alarms")[0]).Select(a => new ReceivedNotification(
            a.GetProperty("id").GetString()!, a.GetProperty("state").GetString()!, a.GetProperty("value").ValueKind == JsonValueKind.Null ? null : a.GetProperty("value").GetDouble(), a.GetProperty("why").GetString()!))];
    }

    private static JsonElement Event(WebhookReceiver.Received request) => JsonSerializer.Deserialize<JsonElement>(request.Body);

    private static Notification Raise(int second = 0) => Told(Step(AlarmState.Normal, AlarmState.Unacknowledged, second, 254.25, "254.25 V is at or above 253 V."));

    private INotifier Notifier(Uri url, WebhookFormat format = WebhookFormat.CloudEvents, WebhookOptions? options = null, Secret? key = null, Secret? token = null, Func<string, IPAddress[]>? names = null)
    {
        options ??= s_loopback;
        var client = new WebhookClient(
            new AddressPolicy([.. options.AllowPrivate.Select(IPNetwork.Parse)]),
            (host, stop) => names is null ? Dns.GetHostAddressesAsync(host, stop) : Task.FromResult(names(host)));
        _clients.Add(client);
        return new WebhookNotifier(new WebhookTarget(url, format, key, token), "test", client, options, TimeProvider.System);
    }

    [Fact]
    public async Task DeliverAsync_AStep_IsACloudEventWithKeyAndSignature()
    {
        var key = new Secret("whsec_" + Convert.ToBase64String(Encoding.UTF8.GetBytes("a key of thirty-two characters..")));
        var told = Raise();
        Assert.Equal("204", (await Notifier(_receiver.Url, key: key, token: new Secret("open sesame")).DeliverAsync(told, default)).Answer);
        var request = Assert.Single(_receiver.Requests);
        Assert.StartsWith("application/cloudevents+json", request.Headers["Content-Type"], StringComparison.Ordinal);
        var e = Event(request);
        Assert.Equal(("1.0", told.Key, "urn:alatau:iot", "city.alatau.iot.alarm.raised"), (e.GetProperty("specversion").GetString(), e.GetProperty("id").GetString(), e.GetProperty("source").GetString(), e.GetProperty("type").GetString()));
        Assert.Equal("gate/meter-004/voltage-high", e.GetProperty("subject").GetString());
        Assert.Equal("https://console.alatau.example/assets/gate/meter-004", e.GetProperty("data").GetProperty("alarms")[0].GetProperty("link").GetString());
        Assert.Equal((told.Key, told.Key, "Bearer open sesame"), (request.Headers["Idempotency-Key"], request.Headers["webhook-id"], request.Headers["Authorization"]));
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}."), .. request.Body];
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData("a key of thirty-two characters.."u8, signed)), request.Headers["webhook-signature"]);
    }

    [Fact]
    public void Signature_PublishedVector_Fits() =>

        // The example of the Standard Webhooks specification's libraries.
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSignature.Of(new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}"""u8));

    [Fact]
    public async Task DeliverAsync_Alertmanager_HasItsBody()
    {
        var told = new Notification("k", "night", NotificationKind.Digest, Start, [Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, 254, "high"), Step(AlarmState.Unacknowledged, AlarmState.Normal, 60, 250, "fine")]) { More = 3 };
        await Notifier(_receiver.Url, WebhookFormat.Alertmanager).DeliverAsync(told, default);
        var body = Event(Assert.Single(_receiver.Requests));
        Assert.Equal(("4", "resolved", "night", 3), (body.GetProperty("version").GetString(), body.GetProperty("status").GetString(), body.GetProperty("receiver").GetString(), body.GetProperty("truncatedAlerts").GetInt32()));
        var alert = Assert.Single(body.GetProperty("alerts").EnumerateArray());
        Assert.Equal(("resolved", "voltage-high", "high"), (alert.GetProperty("status").GetString(), alert.GetProperty("labels").GetProperty("alertname").GetString(), alert.GetProperty("labels").GetProperty("severity").GetString()));
        Assert.Equal(16, alert.GetProperty("fingerprint").GetString()!.Length);
    }

    [Theory]
    [InlineData(503, DeliveryVerdict.Failed)]
    [InlineData(429, DeliveryVerdict.Failed)]
    [InlineData(408, DeliveryVerdict.Failed)]
    [InlineData(400, DeliveryVerdict.Refused)]
    [InlineData(410, DeliveryVerdict.Refused)]
    [InlineData(201, DeliveryVerdict.Delivered)]
    public async Task DeliverAsync_Status_DecidesWhetherItIsTriedAgain(int status, DeliveryVerdict verdict)
    {
        _receiver.Answer = async (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "7";
            await context.Response.WriteAsync("because\n of this");
        };
        var result = await Notifier(_receiver.Url).DeliverAsync(Raise(), default);
        Assert.Equal((verdict, verdict == DeliveryVerdict.Failed ? 7 : 0), (result.Verdict, (int)(result.RetryAfter?.TotalSeconds ?? 0)));
        Assert.Equal($"{status} because of this", result.Answer.Length > 0 ? result.Answer : result.Problem);
    }

    [Fact]
    public async Task DeliverAsync_GarbageBehind200_IsDeliveredAndKeptReadable()
    {
        _receiver.Answer = (context, _) => context.Response.Body.WriteAsync(Enumerable.Range(0, 5000).Select(i => (byte)(i * 7)).ToArray()).AsTask();
        var result = await Notifier(_receiver.Url).DeliverAsync(Raise(), default);
        Assert.Equal(DeliveryVerdict.Delivered, result.Verdict);
        Assert.StartsWith("200 ", result.Answer, StringComparison.Ordinal);
        Assert.True(result.Answer.Length < 200 && !result.Answer.Any(char.IsControl));
    }

    [Fact]
    public async Task DeliverAsync_NotHttp_FailsWithAReason()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var speaking = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("SSH-2.0-garbage\r\n\0\0\0"u8.ToArray());
        });
        var result = await Notifier(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/")).DeliverAsync(Raise(), default);
        await speaking;
        Assert.Equal(DeliveryVerdict.Failed, result.Verdict);
        Assert.NotEmpty(result.Problem);
    }

    [Fact]
    public async Task DeliverAsync_BodyThatNeverEnds_IsDeliveredByItsStatus()
    {
        using var end = new CancellationTokenSource();
        _receiver.Answer = async (context, _) =>
        {
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var result = await Notifier(_receiver.Url).DeliverAsync(Raise(), default).AsTask().WaitAsync(Eventually.Patience);
        await end.CancelAsync();
        Assert.Equal((DeliveryVerdict.Delivered, "200 (the body did not come)"), (result.Verdict, result.Answer));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data?x=1", "307: redirects to http://169.254.169.254/latest/meta-data, a private address.")]
    [InlineData("http://localhost/admin", "307: redirects to http://localhost/admin, a private address.")]
    [InlineData("https://elsewhere.example.org/", "307: redirects to https://elsewhere.example.org/. Redirects are not followed")]
    public async Task DeliverAsync_Redirect_IsRefusedAndNamedAndNotFollowed(string location, string said)
    {
        _receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = location;
            return Task.CompletedTask;
        };
        var result = await Notifier(_receiver.Url).DeliverAsync(Raise(), default);
        Assert.Equal(DeliveryVerdict.Refused, result.Verdict);
        Assert.StartsWith(said, result.Problem, StringComparison.Ordinal);
        Assert.Single(_receiver.Requests);
    }

    [Fact]
    public async Task DeliverAsync_NameThatLeadsInside_IsRefusedAtTheConnection()
    {
        var target = new Uri($"http://hooks.example.org:{_receiver.Url.Port}/");
        var result = await Notifier(target, options: new WebhookOptions(), names: _ => [IPAddress.Loopback]).DeliverAsync(Raise(), default);
        Assert.Equal(DeliveryVerdict.Refused, result.Verdict);
        Assert.Equal("hooks.example.org leads to 127.0.0.1, which is not public. Add its network to Notifications:Webhook:AllowPrivate if it is meant.", result.Problem);
        Assert.Empty(_receiver.Requests);
    }

    [Fact]
    public async Task DeliverAsync_NameThatChangesBetweenTwoLookups_IsJudgedByTheOneItConnectsTo()
    {
        // Rebinding: the first answer is public, the second is not. Whatever it resolved to before, only the address of this connection counts.
        int asked = 0;
        var notifier = Notifier(new Uri($"http://hooks.example.org:{_receiver.Url.Port}/"), options: new WebhookOptions(), names: _ => asked++ == 0 ? [IPAddress.Parse("::ffff:127.0.0.1")] : [IPAddress.Parse("10.0.0.1"), IPAddress.IPv6Loopback]);
        Assert.Equal(DeliveryVerdict.Refused, (await notifier.DeliverAsync(Raise(), default)).Verdict);
        Assert.Equal(DeliveryVerdict.Refused, (await notifier.DeliverAsync(Raise(1), default)).Verdict);
        Assert.Empty(_receiver.Requests);
    }
}
