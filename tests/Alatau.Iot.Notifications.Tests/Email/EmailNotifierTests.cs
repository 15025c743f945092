using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Notifications.Email;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Conformance;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Notifications.Tests.Email;

/// <summary>The notifier before a real SMTP server with STARTTLS and login; Python's mail parser reads what arrived.</summary>
public sealed class EmailNotifierTests : NotifierConformance, IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly List<ProcessPeer> _peers = [];
    private ProcessPeer _server = null!;
    private int _port;

    private string Certificate => Path.Combine(_folder.Path, "server.pem");

    private string Key => Path.Combine(_folder.Path, "server.key");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(SmtpScript.Missing is not null, SmtpScript.Missing ?? "");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
        await File.WriteAllTextAsync(Certificate, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Key, key.ExportPkcs8PrivateKeyPem());
        _port = FreePort.Take();
        _server = await StartAsync(_port, isTls: true);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers)
        {
            await peer.DisposeAsync();
        }

        _folder.Dispose();
    }

    protected override ValueTask<INotifier> CreateAsync() => ValueTask.FromResult(Notifier(Options()));

    protected override ValueTask<INotifier> CreateWithoutTargetAsync() => ValueTask.FromResult(Notifier(Options(port: FreePort.Take())));

    protected override async Task<IReadOnlyList<ReceivedNotification>> ReceivedAsync(int count)
    {
        await Eventually.TrueAsync(() => Mails(_server).Length >= count);
        return [.. Mails(_server).Select(Received)];
    }

    /// <summary>What a reader sees: the alarm by its thread, the state by the word of the subject; the value stands in the sentence alone.</summary>
    private static ReceivedNotification Received(JsonElement mail)
    {
        var headers = mail.GetProperty("parsed").GetProperty("headers");
        string word = headers.GetProperty("Subject").GetString()!.Split(": ")[^1];
        string state = word switch { "raised" => "unacknowledged", "over" => "normal", _ => word };
        string[] lines = mail.GetProperty("parsed").GetProperty("plain").GetString()!.ReplaceLineEndings("\n").Split('\n');
        int at = Array.FindIndex(lines, l => l.StartsWith("  At ", StringComparison.Ordinal));
        string why = string.Join('\n', lines[3..at])[2..];
        double? value = state switch { "unacknowledged" => 254.25, "normal" => 250.5, _ => null };
        return new ReceivedNotification(AlarmTransition.IdOf(Core.Assets.AssetId.Of("gate", "meter-004"), "voltage-high", Start), state, value, why);
    }

    private static JsonElement[] Mails(ProcessPeer server) =>
        [.. server.Output.Split('\n').Where(l => l.StartsWith("MAIL ", StringComparison.Ordinal)).Select(l => JsonSerializer.Deserialize<JsonElement>(l[5..]))];

    private static string Header(JsonElement mail, string name) =>
        mail.GetProperty("parsed").GetProperty("headers").EnumerateObject().Where(h => string.Equals(h.Name, name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value.GetString()!).FirstOrDefault("");

    private static INotifier Notifier(EmailOptions options, params string[] to) => new EmailNotifier(new EmailTarget(to.Length == 0 ? ["grid@alatau.example"] : to, "server"), "test", options, "https://console.alatau.example");

    private async Task<ProcessPeer> StartAsync(int port, bool isTls)
    {
        var peer = await SmtpScript.StartAsync(port, isTls ? Certificate : null, isTls ? Key : null);
        _peers.Add(peer);
        return peer;
    }

    private EmailOptions Options(int? port = null, Action<EmailOptions>? change = null)
    {
        var options = new EmailOptions
        {
            Host = "localhost", Port = port ?? _port, From = "alarms@alatau.example", FromName = "Алатау, сеть", User = "alarms", Password = "open sesame", TrustedCertificates = Certificate,
        };
        change?.Invoke(options);
        return options;
    }

    [Fact]
    public async Task DeliverAsync_TheLifeOfAnAlarm_IsOneThreadInTlsWithLogin()
    {
        var notifier = Notifier(Options(), "grid@alatau.example", "chief@alatau.example");
        var raise = Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, 254.25, "254.25 V <b>& more</b>");
        Assert.Equal("OK: queued as 4F1B", (await notifier.DeliverAsync(Told(raise), default)).Answer);
        await notifier.DeliverAsync(new Notification("chase", "conformance", NotificationKind.Reminder, Start, [raise]), default);
        await notifier.DeliverAsync(Told(Step(AlarmState.Unacknowledged, AlarmState.Normal, 60, 250, "250 V")), default);
        await Eventually.TrueAsync(() => Mails(_server).Length == 3);
        var mails = Mails(_server);
        Assert.All(mails, m => Assert.Equal(("alarms@alatau.example", true, "alarms", 2), (m.GetProperty("from").GetString(), m.GetProperty("tls").GetBoolean(), m.GetProperty("user").GetString(), m.GetProperty("to").GetArrayLength())));
        Assert.All(mails, m => Assert.Empty(m.GetProperty("parsed").GetProperty("defects").EnumerateArray()));
        string root = Header(mails[0], "Message-ID");
        Assert.Equal(["", root, root], mails.Select(m => Header(m, "References")));
        Assert.Equal(["", root, root], mails.Select(m => Header(m, "In-Reply-To")));
        Assert.Equal(3, mails.Select(m => Header(m, "Message-ID")).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal("[High] Voltage above 253 V at gate/meter-004: raised", Header(mails[0], "Subject"));
        Assert.Equal("auto-generated", Header(mails[0], "Auto-Submitted"));
        Assert.Contains("Алатау, сеть", Header(mails[0], "From"), StringComparison.Ordinal);
        string html = mails[0].GetProperty("parsed").GetProperty("html").GetString()!;
        Assert.Contains("254.25 V &lt;b&gt;&amp; more&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.Contains("https://console.alatau.example/assets/gate/meter-004", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeliverAsync_ATitleThatBreaksTheLine_AddsNoHeaderAndNoRecipient()
    {
        var raise = Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, 254.25, "high") with { Title = "Кернеу\r\nBcc: evil@alatau.example\r\n\r\nbody" };
        await Notifier(Options(change: o => o.FromName = "Alatau\r\nBcc: evil@alatau.example")).DeliverAsync(Told(raise), default);
        await Eventually.TrueAsync(() => Mails(_server).Length == 1);
        var mail = Mails(_server)[0];
        Assert.Equal(["grid@alatau.example"], mail.GetProperty("to").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal("", Header(mail, "Bcc"));
        Assert.Equal("[High] Кернеу  Bcc: evil@alatau.example    body at gate/meter-004: raised", Header(mail, "Subject"));
        Assert.Contains("alarms@alatau.example", Header(mail, "From"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeliverAsync_AServerThatHangs_EndsWhenItIsGivenUp()
    {
        using var hanging = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        hanging.Start();
        using var patience = new CancellationTokenSource();
        var told = Told(Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, 254, "high"));
        var delivery = Notifier(Options(((IPEndPoint)hanging.LocalEndpoint).Port)).DeliverAsync(told, patience.Token).AsTask();
        using var connection = await hanging.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", DeliveryVerdict.Failed, "localhost broke off or doesn't speak SMTP: Unable to parse status code returned by the server.")]
    [InlineData("", DeliveryVerdict.Failed, "localhost broke off or doesn't speak SMTP: The SMTP server has unexpectedly disconnected.")]
    [InlineData("421 4.3.2 too busy\r\n", DeliveryVerdict.Failed, "421 4.3.2 too busy")]
    [InlineData("554 5.7.1 not from you\r\n", DeliveryVerdict.Refused, "554 5.7.1 not from you")]
    public async Task DeliverAsync_AServerThatGreetsOtherwise_IsAResultWithAReason(string greeting, DeliveryVerdict verdict, string reason)
    {
        using var odd = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        odd.Start();
        var delivery = Notifier(Options(((IPEndPoint)odd.LocalEndpoint).Port)).DeliverAsync(Told(Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, 254, "high")), default).AsTask();
        using (var connection = await odd.AcceptSocketAsync(TestContext.Current.CancellationToken))
        {
            await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes(greeting));
            connection.Shutdown(System.Net.Sockets.SocketShutdown.Both);
        }

        var result = await delivery;
        Assert.Equal((verdict, reason), (result.Verdict, result.Problem));
    }

    [Fact]
    public async Task DeliverAsync_ALongDigest_ListsTwentyAndCountsTheRest()
    {
        var steps = Enumerable.Range(0, 50).Select(i => Step(AlarmState.Normal, AlarmState.Unacknowledged, i, 254, $"number {i}.")).ToArray();
        await Notifier(Options()).DeliverAsync(new Notification("digest", "night", NotificationKind.Digest, Start, steps) { More = 7 }, default);
        await Eventually.TrueAsync(() => Mails(_server).Length == 1);
        string plain = Mails(_server)[0].GetProperty("parsed").GetProperty("plain").GetString()!;
        Assert.Contains("number 19.", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("number 20.", plain, StringComparison.Ordinal);
        Assert.Contains("and 37 more", plain, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeliverAsync_RecipientsRefused_AreNamedOrRefuseTheWhole()
    {
        var told = Told(Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, 254, "high"));
        var some = await Notifier(Options(), "grid@alatau.example", "unknown@alatau.example").DeliverAsync(told, default);
        Assert.Equal((DeliveryVerdict.Delivered, true), (some.Verdict, some.Answer.Contains("not to unknown@alatau.example: 550 5.1.1 no such mailbox", StringComparison.Ordinal)));
        Assert.Equal(DeliveryVerdict.Refused, (await Notifier(Options(), "unknown@alatau.example").DeliverAsync(told, default)).Verdict);
        Assert.Equal(DeliveryVerdict.Failed, (await Notifier(Options(), "later@alatau.example").DeliverAsync(told, default)).Verdict);
    }

    [Fact]
    public async Task DeliverAsync_CertificateNotTrustedOrOfAnotherName_HandsNothingOver()
    {
        var told = Told(Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, 254, "high"));
        foreach (var options in new[] { Options(change: o => o.TrustedCertificates = null), Options(change: o => o.Host = IPAddress.Loopback.ToString()) })
        {
            var result = await Notifier(options).DeliverAsync(told, default);
            Assert.Equal(DeliveryVerdict.Failed, result.Verdict);
            Assert.StartsWith("The certificate of ", result.Problem, StringComparison.Ordinal);
        }

        Assert.Equal(DeliveryVerdict.Refused, (await Notifier(Options(change: o => o.Password = "wrong")).DeliverAsync(told, default)).Verdict);
        Assert.Empty(Mails(_server));
    }

    [Fact]
    public async Task DeliverAsync_ServerWithoutStartTls_GetsNothingUnlessClearIsChosen()
    {
        int port = FreePort.Take();
        var clear = await StartAsync(port, isTls: false);
        var told = Told(Step(AlarmState.Normal, AlarmState.Unacknowledged, 0, 254, "high"));
        var result = await Notifier(Options(port)).DeliverAsync(told, default);
        Assert.Equal((DeliveryVerdict.Failed, "localhost doesn't offer STARTTLS, and nothing is sent in clear."), (result.Verdict, result.Problem));
        Assert.Empty(Mails(clear));
        Assert.Equal(DeliveryVerdict.Delivered, (await Notifier(Options(port, o => (o.Security, o.User) = (EmailSecurity.None, null))).DeliverAsync(told, default)).Verdict);
        await Eventually.TrueAsync(() => Mails(clear).Length == 1);
    }
}
