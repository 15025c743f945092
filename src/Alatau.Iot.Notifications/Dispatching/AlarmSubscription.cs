using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Notifications.Dispatching;

/// <summary>Who is told, and of what.</summary>
public sealed record AlarmSubscription(INotifier Notifier, NotificationScope Scope);
