using System.Net;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Notifications.Subscriptions;

namespace Alatau.Iot.Notifications.Webhook;

/// <summary>Tells by HTTP: <c>{"url", "format", "secret", "token"}</c>.</summary>
public sealed class WebhookMeans : NotificationMeans, IDisposable
{
    private readonly WebhookOptions _options;
    private readonly AddressPolicy _policy;
    private readonly WebhookClient _client;
    private readonly TimeProvider _clock;

    public WebhookMeans(WebhookOptions options, TimeProvider clock)
        : this(options, clock, static (host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken))
    {
    }

    /// <param name="resolve">Addresses of a name.</param>
    internal WebhookMeans(WebhookOptions options, TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        (_options, _clock) = (options, clock);
        _policy = new AddressPolicy([.. options.AllowPrivate.Where(n => IPNetwork.TryParse(n, out _)).Select(IPNetwork.Parse)]);
        _client = new WebhookClient(_policy, resolve);
    }

    public override string Name => "webhook";

    public override SubscriptionTarget? Read(FileNode node, bool mayHoldSecrets)
    {
        string? text = node.Text("url", required: true);
        var format = node.Choice<WebhookFormat>("format") ?? WebhookFormat.CloudEvents;
        var key = ReadSecret(node, "secret", mayHoldSecrets);
        var token = ReadSecret(node, "token", mayHoldSecrets);
        node.ReportUnknown();
        if (text is null)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            node.FaultAt("url", $"'{text}' is no address to post to", "Write it as https://host/path");
            return null;
        }

        if (url.UserInfo.Length > 0)
        {
            node.FaultAt("url", "User and password must not stand in an address, which is shown to people", "Remove them; use token or secret");
            return null;
        }

        bool isInside = IPAddress.TryParse(url.IdnHost, out var literal) ? !_policy.Allows(literal) : url.IsLoopback && !_policy.Allows(IPAddress.Loopback) && !_policy.Allows(IPAddress.IPv6Loopback);
        if (isInside)
        {
            node.FaultAt("url", $"{url.Host} is not a public address", "Write a public one, or add its network to Notifications:Webhook:AllowPrivate");
            return null;
        }

        if (token is not null && url.Scheme != "https" && !url.IsLoopback)
        {
            node.FaultAt("token", "A token must not travel in clear", "Write https in the url");
            return null;
        }

        return new WebhookTarget(url, format, key, token);
    }

    public override INotifier Make(SubscriptionTarget target, string name) => new WebhookNotifier((WebhookTarget)target, name, _client, _options, _clock);

    public void Dispose() => _client.Dispose();
}
