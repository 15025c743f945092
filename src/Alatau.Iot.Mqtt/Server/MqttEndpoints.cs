using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>Binds the server to Kestrel: one plain endpoint, one with TLS when a certificate is set.</summary>
public static class MqttEndpoints
{
    /// <summary>Listens on <see cref="MqttServerOptions.Port"/> and, with a certificate, on <see cref="MqttServerOptions.TlsPort"/>.</summary>
    /// <remarks>Needs <see cref="MqttServer"/> as a singleton in the services.</remarks>
    public static void ListenMqtt(this KestrelServerOptions kestrel, IPAddress address, MqttServerOptions options)
    {
        kestrel.Listen(address, options.Port, listen => listen.UseConnectionHandler<MqttConnectionHandler>());
        if (options.CertificatePath is null)
            return;
        X509Certificate2 certificate = LoadCertificate(options);
        kestrel.Listen(address, options.TlsPort, listen =>
        {
            listen.UseHttps(certificate);
            listen.UseConnectionHandler<MqttConnectionHandler>();
        });
    }

    /// <summary>Reads a PEM pair or a PFX file without a password.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The files hold no certificate with its private key.</exception>
    public static X509Certificate2 LoadCertificate(MqttServerOptions options)
    {
        string path = options.CertificatePath ?? throw new ArgumentException("No certificate is set.", nameof(options));
        string extension = Path.GetExtension(path);
        return extension.Equals(".pfx", StringComparison.OrdinalIgnoreCase) || extension.Equals(".p12", StringComparison.OrdinalIgnoreCase)
            ? X509CertificateLoader.LoadPkcs12FromFile(path, null)
            : X509Certificate2.CreateFromPemFile(path, options.KeyPath);
    }
}
