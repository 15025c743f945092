using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>Subscriptions and deliveries as the console shows them.</summary>
internal sealed class SubscriptionsReader(IEnumerable<ISubscriptionSource> sources, ISubscriptionDesk desk, Sites sites)
{
    /// <summary>Most deliveries in the list; the rest is found by the API.</summary>
    private const int Listed = 100;

    private const int ListedOfAsset = 20;

    /// <summary>How many of the latest deliveries are searched for those of one asset.</summary>
    private const int LookedAt = 1000;

    /// <summary>Subscriptions of people first, those of the platform itself at the end.</summary>
    public IReadOnlyList<SubscriptionRowView> Subscriptions() =>
        [.. sources.SelectMany(s => s.List()).OrderBy(s => s.Origin == "platform").ThenBy(s => s.Name, StringComparer.Ordinal).Select(Row)];

    /// <summary>The latest deliveries, with those first that were given up or wait after a failure.</summary>
    public IReadOnlyList<DeliveryRowView> Deliveries(Instant now)
    {
        var dead = desk.Deliveries(new DeliveryQuery(null, null, DeliveryState.DeadLetter, Limit: Listed / 2));
        var latest = desk.Deliveries(new DeliveryQuery(null, null, null, Limit: Listed));
        return [.. dead.Concat(latest).DistinctBy(d => d.Number).OrderByDescending(d => d.State == DeliveryState.DeadLetter).ThenByDescending(d => d.Number).Take(Listed).Select(d => Row(d, now))];
    }

    /// <summary>What was told of one alarm, newest first.</summary>
    public IReadOnlyList<DeliveryRowView> DeliveriesOf(string alarmId, Instant now) => [.. desk.Deliveries(new DeliveryQuery(null, alarmId, null, Limit: Listed)).Select(d => Row(d, now))];

    /// <summary>What was told of an asset's alarms among the latest deliveries, newest first.</summary>
    public IReadOnlyList<DeliveryRowView> DeliveriesOf(AssetId asset, Instant now)
    {
        string alarms = $"{asset.Site}:{asset.Name}:";
        return [.. desk.Deliveries(new DeliveryQuery(null, null, null, Limit: LookedAt)).Where(d => d.Alarms.Any(a => a.StartsWith(alarms, StringComparison.Ordinal))).Take(ListedOfAsset).Select(d => Row(d, now))];
    }

    private static SubscriptionRowView Row(SubscriptionView s)
    {
        bool isResting = s.TargetsResting > 0;
        string state = isResting ? $"target left alone for a while: {s.LastError}"
            : s.DeadLettered > 0 ? $"gave up {Figure.Count(s.DeadLettered)}: {s.LastError}"
            : s.Waiting > 0 && s.LastError is not null ? $"tries again: {s.LastError}"
            : "well";
        return new SubscriptionRowView(
            s.Name,
            s.Title.Length > 0 ? s.Title : s.Name,
            s.Means,
            s.Target,
            s.Scope,
            s.Timing.Length > 0 ? s.Timing : s.Origin == "platform" ? "" : "at once, always",
            Figure.Count(s.Delivered),
            Figure.Count(s.Waiting),
            s.Origin == "platform" ? "" : Figure.Count(s.Held),
            s.Origin == "platform" && s.DeadLettered == 0 ? "" : Figure.Count(s.DeadLettered),
            state,
            state == "well" ? "" : "ill",
            s.Origin,
            s.Origin != "platform");
    }

    private DeliveryRowView Row(DeliveryView d, Instant now)
    {
        string said = d.State switch
        {
            DeliveryState.Delivered => d.Answer,
            DeliveryState.Waiting when d.NextAt is { } next => $"{d.Problem?.TrimEnd('.') ?? "Its peer is left alone"}; again at {Local(next)}",
            _ => d.Problem ?? "",
        };
        string state = d.State switch
        {
            DeliveryState.Delivered => "delivered",
            DeliveryState.Waiting => "waiting",
            _ => "given up",
        };
        return new DeliveryRowView(
            d.Number, d.CreatedAt.UnixMilliseconds, Figure.Age(now - d.CreatedAt), d.Title, d.Subscription, d.Means, d.Target, state, d.State == DeliveryState.DeadLetter ? "dead" : state, d.Attempts, said, d.State == DeliveryState.DeadLetter && d.Kind != NotificationKind.Test);
    }

    private string Local(Instant at) => TimeZoneInfo.ConvertTime(at.ToDateTimeOffset(), sites.CityZone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
