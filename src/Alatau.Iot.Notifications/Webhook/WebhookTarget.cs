using Alatau.Iot.Notifications.Subscriptions;

namespace Alatau.Iot.Notifications.Webhook;

/// <summary>What the body of a webhook looks like.</summary>
public enum WebhookFormat : byte
{
    /// <summary>CloudEvents 1.0, structured JSON.</summary>
    CloudEvents,

    /// <summary>As Prometheus' Alertmanager sends it, version 4.</summary>
    Alertmanager,
}

/// <summary>An address that takes events by POST.</summary>
/// <param name="Url">http or https, without user and password.</param>
/// <param name="Format">The body.</param>
/// <param name="Key">Signs the body; null leaves it unsigned.</param>
/// <param name="Token">Sent as bearer token; null sends none.</param>
internal sealed record WebhookTarget(Uri Url, WebhookFormat Format, Secret? Key, Secret? Token)
    : SubscriptionTarget("webhook", Url.GetLeftPart(UriPartial.Path), Url.GetLeftPart(UriPartial.Authority));
