using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Alatau.Iot.Notifications.Email;

/// <summary>One conversation with a mail server (RFC 5321), in clear, with STARTTLS or in TLS from the start.</summary>
/// <remarks>The framework's SmtpClient is advised against by its own documentation and can't be told to insist on a certificate of a given authority; this speaks the few commands that handing over a mail needs.</remarks>
internal sealed class SmtpConversation : IAsyncDisposable
{
    private const int LongestLine = 2048;
    private const int MostLines = 64;

    private readonly EmailOptions _options;
    private readonly byte[] _buffer = new byte[4096];
    private Stream _stream;
    private int _start;
    private int _end;

    private SmtpConversation(Stream stream, EmailOptions options) => (_stream, _options) = (stream, options);

    /// <summary>Hands one mail over.</summary>
    /// <param name="options">The server.</param>
    /// <param name="to">Recipients; those that the server refuses are answered, if it takes at least one.</param>
    /// <param name="mail">Headers and body, lines ended by CR LF.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the server said to the mail, and the recipients it refused.</returns>
    /// <exception cref="SmtpException">The server refused.</exception>
    /// <exception cref="IOException">It can't be reached, broke off, or its certificate isn't valid.</exception>
    public static async Task<(string Answer, IReadOnlyList<string> Refused)> SendAsync(EmailOptions options, IReadOnlyList<string> to, string mail, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host!, options.Port, cancellationToken);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"No connection to {options.Host}: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        await using var conversation = new SmtpConversation(new NetworkStream(socket, ownsSocket: true), options);
        await conversation.GreetAsync(cancellationToken);
        var result = await conversation.HandOverAsync(to, mail, cancellationToken);
        await conversation.LeaveAsync(cancellationToken);
        return result;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        if (_options.Security == EmailSecurity.Tls)
        {
            await EncryptAsync(cancellationToken);
        }

        await ExpectAsync("greeting", 220, cancellationToken);
        string[] offers = await HelloAsync(cancellationToken);
        if (_options.Security == EmailSecurity.StartTls)
        {
            if (!offers.Contains("STARTTLS", StringComparer.OrdinalIgnoreCase))
            {
                throw new SmtpException($"{_options.Host} doesn't offer STARTTLS, and nothing is sent in clear.", isFinal: false);
            }

            await SayAsync("STARTTLS", 220, cancellationToken);
            if (_start != _end)
            {
                // What was sent before the handshake would be taken for the server's word after it.
                throw new SmtpException($"{_options.Host} spoke before the handshake.", isFinal: false);
            }

            await EncryptAsync(cancellationToken);
            offers = await HelloAsync(cancellationToken);
        }

        if (_options.User is { } user)
        {
            await LogInAsync(user, offers, cancellationToken);
        }
    }

    private async Task<string[]> HelloAsync(CancellationToken cancellationToken)
    {
        string domain = _options.From[(_options.From.LastIndexOf('@') + 1)..];
        var lines = await SayAsync($"EHLO {domain}", 250, cancellationToken);
        return [.. lines.Skip(1)];
    }

    private async Task LogInAsync(string user, string[] offers, CancellationToken cancellationToken)
    {
        string password = _options.Password ?? (await File.ReadAllTextAsync(_options.PasswordFile!, cancellationToken)).Trim();
        string[] ways = [.. offers.Where(o => o.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase)).SelectMany(o => o.Split(' ').Skip(1))];
        if (ways.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            await SayAsync("AUTH PLAIN " + Base64($"\0{user}\0{password}"), 235, cancellationToken, "AUTH PLAIN");
        }
        else if (ways.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            await SayAsync("AUTH LOGIN", 334, cancellationToken);
            await SayAsync(Base64(user), 334, cancellationToken, "AUTH LOGIN user");
            await SayAsync(Base64(password), 235, cancellationToken, "AUTH LOGIN password");
        }
        else
        {
            throw new SmtpException($"{_options.Host} takes neither AUTH PLAIN nor LOGIN.", isFinal: false);
        }
    }

    private async Task<(string Answer, IReadOnlyList<string> Refused)> HandOverAsync(IReadOnlyList<string> to, string mail, CancellationToken cancellationToken)
    {
        await SayAsync($"MAIL FROM:<{_options.From}>", 250, cancellationToken);
        var refused = new List<string>();
        SmtpException? last = null;
        foreach (string address in to)
        {
            try
            {
                await SayAsync($"RCPT TO:<{address}>", 250, cancellationToken);
            }
            catch (SmtpException e)
            {
                refused.Add($"{address}: {e.Message}");
                last = e;
            }
        }

        if (refused.Count == to.Count)
        {
            throw last!;
        }

        await SayAsync("DATA", 354, cancellationToken);

        // A line that begins with a dot gets another one (4.5.2); ours are headers and base64, but nobody has to rely on it.
        string body = mail.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        await _stream.WriteAsync(Encoding.ASCII.GetBytes((body.StartsWith('.') ? "." : "") + body), cancellationToken);
        var lines = await SayAsync(".", 250, cancellationToken, "DATA");
        return (lines[0], refused);
    }

    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SayAsync("QUIT", 221, cancellationToken);
        }
        catch (Exception e) when (e is IOException or SmtpException)
        {
            // The mail is handed over; how the server says good-bye is its own affair.
        }
    }

    private async Task<IReadOnlyList<string>> SayAsync(string command, int expected, CancellationToken cancellationToken, string? named = null)
    {
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancellationToken);
        return await ExpectAsync(named ?? command, expected, cancellationToken);
    }

    /// <summary>Reads a reply and answers its lines without the code.</summary>
    private async Task<IReadOnlyList<string>> ExpectAsync(string what, int expected, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (true)
        {
            string line = await ReadLineAsync(cancellationToken);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int code) || (line.Length > 3 && line[3] is not (' ' or '-')) || lines.Count == MostLines)
            {
                throw new SmtpException($"{_options.Host} doesn't speak SMTP: '{(line.Length > 80 ? line[..80] : line)}'", isFinal: false);
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length > 3 && line[3] == '-')
            {
                continue;
            }

            return code == expected || (expected == 250 && code == 251) ? lines : throw new SmtpException($"{what}: {line}", isFinal: code >= 500);
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        while (true)
        {
            while (_start < _end)
            {
                byte next = _buffer[_start++];
                if (next == (byte)'\n')
                {
                    return new string([.. line.Where(b => b != (byte)'\r').Select(b => b is >= 32 and < 127 ? (char)b : '?')]);
                }

                line.Add(next);
            }

            if (line.Count > LongestLine)
            {
                throw new SmtpException($"{_options.Host} doesn't speak SMTP: a line without end.", isFinal: false);
            }

            (_start, _end) = (0, await _stream.ReadAsync(_buffer, cancellationToken));
            if (_end == 0)
            {
                throw new IOException($"{_options.Host} broke off the conversation.");
            }
        }
    }

    private async Task EncryptAsync(CancellationToken cancellationToken)
    {
        var tls = new SslStream(_stream);
        _stream = tls;
        X509Certificate2Collection? trusted = null;
        if (_options.TrustedCertificates is { } file)
        {
            trusted = [];
            trusted.ImportFromPemFile(file);
        }

        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = _options.Host!,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    RemoteCertificateValidationCallback = trusted is null ? null : (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors, trusted),
                },
                cancellationToken);
        }
        catch (System.Security.Authentication.AuthenticationException e)
        {
            throw new IOException($"The certificate of {_options.Host} isn't valid: {e.Message}", e);
        }
    }

    /// <summary>Valid by the system's authorities, or by those of the file; the name must fit in either case.</summary>
    private static bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection trusted)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 leaf)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(trusted);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return own.Build(leaf);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
