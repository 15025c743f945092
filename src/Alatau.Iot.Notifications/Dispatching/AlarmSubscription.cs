using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Notifications.Subscriptions;

namespace Alatau.Iot.Notifications.Dispatching;

/// <summary>A subscription of the platform itself: every step of its scope is told at once, one by one, and is not kept over a restart.</summary>
public sealed record AlarmSubscription(INotifier Notifier, SubscriptionScope Scope);
