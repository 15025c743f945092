namespace Alatau.Iot.Core.Alarms;

/// <summary>A part that delivers alarms to subscribers and can say to whom.</summary>
public interface ISubscriptionSource
{
    /// <summary>The subscriptions as they stand now; any thread.</summary>
    IReadOnlyList<SubscriptionView> List();
}
