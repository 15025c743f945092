using System.Collections.Frozen;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Notifications.Subscriptions;

/// <summary>Which steps of which alarms a subscription is about; a part that is empty takes all.</summary>
public sealed record SubscriptionScope
{
    public static readonly SubscriptionScope All = new();

    /// <summary>Only these sites.</summary>
    public IReadOnlySet<string> Sites { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The assets at whose branches the subscription ends, for people; what <see cref="Branch"/> was made of.</summary>
    public IReadOnlyList<AssetId> Under { get; init; } = [];

    /// <summary>Only these assets: those of <see cref="Under"/> and all that they feed.</summary>
    public IReadOnlySet<AssetId> Branch { get; init; } = FrozenSet<AssetId>.Empty;

    /// <summary>Only assets of these kinds.</summary>
    public IReadOnlySet<AssetKind> Kinds { get; init; } = FrozenSet<AssetKind>.Empty;

    /// <summary>Only these rules.</summary>
    public IReadOnlySet<string> Rules { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Only this severity and above; null takes all.</summary>
    public AlarmSeverity? Severity { get; init; }

    /// <summary>Only these steps.</summary>
    public IReadOnlySet<AlarmStep> Steps { get; init; } = FrozenSet<AlarmStep>.Empty;

    /// <summary>Whether the alarm is one of this subscription's, whatever its step.</summary>
    /// <param name="transition">A step of the alarm.</param>
    /// <param name="kindOf">Kind of an asset; asked only when the scope names kinds.</param>
    public bool TakesAlarm(AlarmTransition transition, Func<AssetId, AssetKind> kindOf) =>
        (Severity is null || transition.Severity >= Severity)
        && (Sites.Count == 0 || Sites.Contains(transition.Asset.Site))
        && (Rules.Count == 0 || Rules.Contains(transition.Rule))
        && (Under.Count == 0 || Branch.Contains(transition.Asset))
        && (Kinds.Count == 0 || Kinds.Contains(kindOf(transition.Asset)));

    /// <summary>Whether steps like this one are told.</summary>
    public bool TakesStep(AlarmTransition transition) => Steps.Count == 0 || Steps.Contains((AlarmStep)transition.To);

    /// <summary>For people: <c>all</c>, or its parts.</summary>
    public override string ToString()
    {
        string[] parts =
        [
            .. Part("site", Sites.Order(StringComparer.Ordinal)),
            .. Part("under", Under.Select(a => a.ToString())),
            .. Part("kind", Kinds.Order().Select(Word)),
            .. Part("rule", Rules.Order(StringComparer.Ordinal)),
            .. Severity is { } least ? (string[])[$"severity {Word(least)} and above"] : [],
            .. Part("step", Steps.Order().Select(Word)),
        ];
        return parts.Length == 0 ? "all" : string.Join("; ", parts);
    }

    private static IEnumerable<string> Part(string name, IEnumerable<string> words)
    {
        string all = string.Join(", ", words);
        return all.Length == 0 ? [] : [$"{name} {all}"];
    }

    private static string Word<T>(T value)
        where T : struct, Enum
    {
        string name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
