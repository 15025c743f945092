using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Notifications.Dispatching;

/// <summary>Which transitions a subscription takes; a part that is null takes all.</summary>
/// <param name="Site">Only this site.</param>
/// <param name="Rule">Only this rule.</param>
/// <param name="Least">Only this severity and above.</param>
public sealed record NotificationScope(string? Site = null, string? Rule = null, AlarmSeverity? Least = null)
{
    public static readonly NotificationScope All = new();

    public bool Takes(AlarmTransition transition) =>
        (Site is null || Site == transition.Asset.Site)
        && (Rule is null || Rule == transition.Rule)
        && (Least is null || transition.Severity >= Least);

    /// <summary>For people: <c>all</c>, or its parts.</summary>
    public override string ToString()
    {
        string[] parts =
        [
            .. Site is null ? (string[])[] : [$"site {Site}"],
            .. Rule is null ? (string[])[] : [$"rule {Rule}"],
            .. Least is { } least ? (string[])[$"severity {least} and above"] : [],
        ];
        return parts.Length == 0 ? "all" : string.Join(", ", parts);
    }
}
