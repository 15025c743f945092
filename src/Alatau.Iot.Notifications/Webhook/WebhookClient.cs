using System.Net;
using System.Net.Sockets;

namespace Alatau.Iot.Notifications.Webhook;

/// <summary>Sends requests to targets; the address is judged when the connection is made, after the name was resolved, so that no name and no change of a name leads inside.</summary>
/// <remarks>No proxy (it would resolve names by itself), no cookies, no redirects.</remarks>
internal sealed class WebhookClient : IDisposable
{
    private const int LongestHeadersKilobytes = 16;
    private static readonly TimeSpan s_connectionLife = TimeSpan.FromMinutes(2);

    private readonly AddressPolicy _policy;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly HttpMessageInvoker _invoker;

    /// <param name="policy">Which addresses are allowed.</param>
    /// <param name="resolve">Addresses of a name; the system's resolver in production.</param>
    public WebhookClient(AddressPolicy policy, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        (_policy, _resolve) = (policy, resolve);
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = LongestHeadersKilobytes,
            PooledConnectionLifetime = s_connectionLife,
            ConnectCallback = ConnectAsync,
        });
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _invoker.SendAsync(request, cancellationToken);

    public void Dispose() => _invoker.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        string host = context.DnsEndPoint.Host;
        IPAddress[] found = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, cancellationToken);
        IPAddress[] allowed = [.. found.Where(_policy.Allows)];
        if (allowed.Length == 0)
        {
            throw new PrivateAddressException($"{host} leads to {string.Join(", ", found.Take(4).Select(a => a.ToString()))}, which is not public. Add its network to Notifications:Webhook:AllowPrivate if it is meant.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
