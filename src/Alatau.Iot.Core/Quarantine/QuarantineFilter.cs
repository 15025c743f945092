using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Quarantine;

/// <summary>Which quarantined messages are meant; what is null or empty asks for nothing.</summary>
public sealed record QuarantineFilter
{
    /// <summary>All that are kept.</summary>
    public static readonly QuarantineFilter All = new();

    public QuarantineReason? Reason { get; init; }

    /// <summary>Name of the route it came in on.</summary>
    public string? Route { get; init; }

    /// <summary>Its topic, or an MQTT filter with <c>+</c> and <c>#</c>.</summary>
    public string? Topic { get; init; }

    /// <summary>The asset it speaks for by now.</summary>
    public AssetId? Asset { get; init; }

    /// <summary>Arrival, inclusive.</summary>
    public Instant From { get; init; } = Instant.MinValue;

    /// <summary>Arrival, exclusive.</summary>
    public Instant To { get; init; } = Instant.MaxValue;

    /// <param name="assetOf">Whose topic it is by the fleets and profiles of now; asked only when an asset is wanted.</param>
    public bool Matches(QuarantinedMessage message, Func<string, AssetId?> assetOf) =>
        (Reason is null || Reason == message.Reason)
        && (Route is null || string.Equals(Route, message.Route, StringComparison.Ordinal))
        && message.ReceivedAt >= From && message.ReceivedAt < To
        && (Topic is null || Fits(Topic, message.Topic))
        && (Asset is null || Asset == assetOf(message.Topic));

    /// <summary>The messages that are meant, newest first, by pages of the quarantine.</summary>
    /// <param name="before">Only numbers below.</param>
    /// <param name="limit">Most messages.</param>
    public IReadOnlyList<QuarantinedMessage> List(IQuarantine quarantine, Func<string, AssetId?> assetOf, long before, int limit, bool alsoReplayed = false)
    {
        const int Page = 500;
        var found = new List<QuarantinedMessage>();
        while (found.Count < limit)
        {
            var page = quarantine.List(before, Page, alsoReplayed);
            found.AddRange(page.Where(message => Matches(message, assetOf)).Take(limit - found.Count));
            if (page.Count == 0)
            {
                break;
            }

            before = page[^1].Number;
        }

        return found;
    }

    /// <summary>As MQTT matches (5.0, 4.7): <c>+</c> is one level, <c>#</c> at the end all the rest and the level above it.</summary>
    private static bool Fits(string filter, string topic)
    {
        string[] wanted = filter.Split('/');
        string[] levels = topic.Split('/');
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] == "#")
            {
                return i == wanted.Length - 1;
            }

            if (i >= levels.Length || (wanted[i] != "+" && wanted[i] != levels[i]))
            {
                return i == levels.Length && i == wanted.Length - 1 && wanted[i] == "#";
            }
        }

        return wanted.Length == levels.Length;
    }
}
