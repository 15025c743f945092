using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Alatau.Iot.Notifications.Email;

/// <summary>One conversation with a mail server, in clear, with STARTTLS or in TLS from the start, which hands over one mail.</summary>
/// <remarks>A recipient whom the server refuses doesn't keep the others from getting theirs, unlike the library's own way.</remarks>
internal sealed class MailHandover : SmtpClient
{
    private readonly EmailOptions _options;
    private readonly List<string> _refused = [];
    private SmtpResponse? _lastRefusal;
    private string? _certificateFault;

    private MailHandover(EmailOptions options)
    {
        _options = options;
        LocalDomain = options.From[(options.From.LastIndexOf('@') + 1)..];

        // Whoever publishes lists of revoked certificates is often out of a utility's reach.
        CheckCertificateRevocation = false;
        X509Certificate2Collection trusted = [];
        if (options.TrustedCertificates is { } file)
        {
            trusted.ImportFromPemFile(file);
        }

        ServerCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            _certificateFault = FaultOf(certificate, chain, errors, trusted);
            return _certificateFault is null;
        };
    }

    /// <summary>Hands one mail over.</summary>
    /// <param name="options">The server.</param>
    /// <param name="mail">The mail; its sender and recipients are those of the envelope.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the server said to the mail, and the recipients it refused, if it took at least one.</returns>
    /// <exception cref="SmtpCommandException">The server refused; its code says whether for good.</exception>
    /// <exception cref="AuthenticationException">The server refused user or password; the inner exception holds its code.</exception>
    /// <exception cref="IOException">It can't be reached, broke off, doesn't speak SMTP, offers less than the settings demand, or its certificate isn't valid.</exception>
    public static async Task<(string Answer, IReadOnlyList<string> Refused)> SendAsync(EmailOptions options, MimeMessage mail, CancellationToken cancellationToken)
    {
        using var server = new MailHandover(options);
        try
        {
            await server.ConnectAsync(cancellationToken);
            if (options.User is { } user)
            {
                string password = options.Password ?? (await File.ReadAllTextAsync(options.PasswordFile!, cancellationToken)).Trim();
                await server.AuthenticateAsync(user, password, cancellationToken);
            }

            string answer = await server.SendAsync(mail, cancellationToken);
            await server.LeaveAsync(cancellationToken);
            return (answer, server._refused);
        }
        catch (SmtpProtocolException e)
        {
            throw new IOException($"{options.Host} broke off or doesn't speak SMTP: {e.Message}", e);
        }
        catch (NotSupportedException e)
        {
            throw new IOException($"{options.Host} offers too little: {e.Message}", e);
        }
    }

    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        _refused.Add($"{mailbox.Address}: {(int)response.StatusCode} {response.Response}");
        _lastRefusal = response;
    }

    protected override void OnNoRecipientsAccepted(MimeMessage message) =>
        throw new SmtpCommandException(SmtpErrorCode.RecipientNotAccepted, _lastRefusal!.StatusCode, string.Join("; ", _refused));

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var security = _options.Security switch
        {
            EmailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            EmailSecurity.None => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        };
        try
        {
            await ConnectAsync(_options.Host!, _options.Port, security, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new IOException($"No connection to {_options.Host}: {e.Message}", e);
        }
        catch (SslHandshakeException e)
        {
            throw new IOException(_certificateFault ?? $"No TLS with {_options.Host}: {(e.InnerException ?? e).Message}", e);
        }
        catch (NotSupportedException e)
        {
            throw new IOException($"{_options.Host} doesn't offer STARTTLS, and nothing is sent in clear.", e);
        }
    }

    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception e) when (e is IOException or SmtpProtocolException or SmtpCommandException)
        {
            // The mail is handed over; how the server says good-bye is its own affair.
        }
    }

    /// <summary>Null when it is valid by the system's authorities or by those of the file, and for the name in either case.</summary>
    private string? FaultOf(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection trusted)
    {
        if (errors == SslPolicyErrors.None)
        {
            return null;
        }

        if (errors == SslPolicyErrors.RemoteCertificateChainErrors && trusted.Count > 0 && certificate is X509Certificate2 leaf)
        {
            using var own = new X509Chain();
            own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            own.ChainPolicy.CustomTrustStore.AddRange(trusted);
            own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            {
                own.ChainPolicy.ExtraStore.Add(element.Certificate);
            }

            if (own.Build(leaf))
            {
                return null;
            }
        }

        return $"The certificate of {_options.Host} isn't valid: {errors}";
    }
}
