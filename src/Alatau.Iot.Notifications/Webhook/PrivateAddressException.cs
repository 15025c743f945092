namespace Alatau.Iot.Notifications.Webhook;

/// <summary>A target's name led to addresses that webhooks may not be sent to; comes out of the connection and never leaves this folder.</summary>
internal sealed class PrivateAddressException(string message) : IOException(message);
