using Alatau.Iot.Notifications.Subscriptions;

namespace Alatau.Iot.Notifications.Desk;

/// <summary>A subscription and the text it was read from.</summary>
/// <param name="IsFile">True: a file under devices/subscriptions; false: made by the API and kept in the data folder.</param>
/// <param name="Json">UTF-8; of the API with its secrets.</param>
public sealed record LoadedSubscription(Subscription Subscription, bool IsFile, ReadOnlyMemory<byte> Json);
