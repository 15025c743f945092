using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Alatau.Iot.Mqtt.Client;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Mqtt.Tests.Server;

public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alatau-tls-").FullName;

    [Fact]
    public async Task Tls_MosquittoAndOurClient_ConnectWithTheAuthorityAndNotWithout()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        (string certificate, string key) = WriteCertificate();
        await using ServerFixture server = await ServerFixture.StartAsync(options =>
        {
            options.CertificatePath = certificate;
            options.KeyPath = key;
        });
        var heard = new TaskCompletionSource<string>();
        var options = new MqttClientOptions { Host = "localhost", Port = server.TlsPort, UseTls = true, AuthorityPath = certificate };
        await using MqttClient subscriber = await MqttClient.ConnectAsync(options, (in message) => heard.TrySetResult(System.Text.Encoding.UTF8.GetString(message.Payload)));
        await subscriber.SubscribeAsync("a", 1);

        await using ProcessPeer publisher = ProcessPeer.Start(
            ProcessPeer.Find("mosquitto_pub")!, ["-h", "localhost", "-p", $"{server.TlsPort}", "--cafile", certificate, "-t", "a", "-m", "over TLS", "-q", "1"]);
        Assert.True(await publisher.WaitForExitAsync() == 0, publisher.Output);
        Assert.Equal("over TLS", await heard.Task.WaitAsync(TimeSpan.FromSeconds(20)));

        options.AuthorityPath = null;
        await Assert.ThrowsAsync<MqttConnectException>(() => MqttClient.ConnectAsync(options));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (string Certificate, string Key) WriteCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        string certificatePath = Path.Combine(_folder, "certificate.pem");
        string keyPath = Path.Combine(_folder, "key.pem");
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (certificatePath, keyPath);
    }
}
