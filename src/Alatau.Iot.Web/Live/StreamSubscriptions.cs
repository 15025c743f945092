using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Web.Live;

/// <summary>Those who listen to the alarm stream now, as one subscription.</summary>
internal sealed class StreamSubscriptions(AlarmBook book) : ISubscriptionSource
{
    public IReadOnlyList<SubscriptionView> List() =>
        [new SubscriptionView("alarm-stream", "sse", "/api/v1/alarms/stream", $"{book.Listeners} listening now", book.Count, 0, 0, 0, null)];
}
