using System.ComponentModel;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;
using Microsoft.AspNetCore.Mvc;

namespace Alatau.Iot.Web.Api;

/// <summary>Which quarantined messages a request is about, as its query says; the same for listing them and for sending them through again.</summary>
internal sealed record QuarantineQuery(
    [property: FromQuery(Name = "reason"), Description("Only this reason.")] string? Reason,
    [property: FromQuery(Name = "route"), Description("Only what came in on this route: mqtt, http, or a bridge's name.")] string? Route,
    [property: FromQuery(Name = "topic"), Description("Only this topic, or those an MQTT filter with + and # fits.")] string? Topic,
    [property: FromQuery(Name = "asset"), Description("Only what speaks for this asset by now: site/asset.")] string? Asset,
    [property: FromQuery(Name = "from"), Description("Arrival, inclusive, RFC 3339 or Unix milliseconds.")] string? From,
    [property: FromQuery(Name = "to"), Description("Arrival, exclusive, RFC 3339 or Unix milliseconds.")] string? To)
{
    /// <summary>What is asked for; of use only when <paramref name="query"/> then has no faults.</summary>
    public QuarantineFilter Read(QueryReader query)
    {
        AssetId? id = null;
        if (!string.IsNullOrEmpty(Asset))
        {
            if (AssetId.TryParse(Asset, out var parsed))
            {
                id = parsed;
            }
            else
            {
                query.Fault("asset", "asset must be site/asset.");
            }
        }

        return new QuarantineFilter
        {
            Reason = query.Word<QuarantineReason>("reason", Reason),
            Route = string.IsNullOrEmpty(Route) ? null : Route,
            Topic = string.IsNullOrEmpty(Topic) ? null : Topic,
            Asset = id,
            From = query.Time("from", From, Instant.MinValue),
            To = query.Time("to", To, Instant.MaxValue),
        };
    }
}
