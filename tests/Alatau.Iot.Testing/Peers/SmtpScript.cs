using System.Globalization;

namespace Alatau.Iot.Testing.Peers;

/// <summary>A real SMTP server (aiosmtpd), run by the system's Python; every mail it takes is a line of JSON of its output.</summary>
/// <remarks>A line begins with <c>MAIL </c> and has <c>from</c>, <c>to</c>, <c>user</c>, <c>tls</c> and <c>parsed</c>: what Python's own mail parser made of headers and parts.</remarks>
public static class SmtpScript
{
    private const string Script = """
        import asyncio, email, email.policy, json, ssl, sys
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

        port, mode, cert, key = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith("unknown@"):
                    return "550 5.1.1 no such mailbox"
                if address.startswith("later@"):
                    return "450 4.2.1 try again later"
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, server, session, envelope):
                mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
                print("MAIL " + json.dumps({
                    "from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None,
                    "user": session.auth_data.login.decode() if session.auth_data else None,
                    "parsed": {
                        "headers": {k: str(v) for k, v in mail.items()},
                        "defects": [str(d) for d in mail.defects],
                        "plain": mail.get_body(("plain",)).get_content(),
                        "html": mail.get_body(("html",)).get_content(),
                    }}), flush=True)
                return "250 OK: queued as 4F1B"

        def authenticate(server, session, envelope, mechanism, data):
            good = isinstance(data, LoginPassword) and data.login == b"alarms" and data.password == b"open sesame"
            return AuthResult(success=good, handled=False, auth_data=data if good else None)

        class Server(Controller):
            def factory(self):
                if mode == "clear":
                    return SMTP(self.handler, enable_SMTPUTF8=False)
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(cert, key)
                return SMTP(self.handler, tls_context=context, require_starttls=True, authenticator=authenticate, auth_required=True, enable_SMTPUTF8=False)

        server = Server(Handler(), hostname="127.0.0.1", port=port)
        server.start()
        print("READY", flush=True)
        sys.stdin.read()
        server.stop()
        """;

    private static readonly Lazy<string?> s_absence = new(Look);

    /// <summary>Null when Python and aiosmtpd are installed, else why a test has to be skipped.</summary>
    public static string? Missing => s_absence.Value;

    /// <summary>Starts a server that demands STARTTLS and a login (<c>alarms</c>, <c>open sesame</c>), or one in clear when there is no certificate.</summary>
    public static async Task<ProcessPeer> StartAsync(int port, string? certificate = null, string? key = null)
    {
        var peer = ProcessPeer.Start("/usr/bin/python3", ["-W", "ignore", "-c", Script, port.ToString(CultureInfo.InvariantCulture), certificate is null ? "clear" : "tls", certificate ?? "", key ?? ""]);
        await peer.WaitForAsync("READY");
        return peer;
    }

    private static string? Look()
    {
        if (!File.Exists("/usr/bin/python3"))
            return "/usr/bin/python3 isn't installed";
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/usr/bin/python3", ["-c", "import aiosmtpd"]) { RedirectStandardError = true, UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode == 0 ? null : "python3-aiosmtpd isn't installed";
    }
}
