using System.CommandLine;
using System.Globalization;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Host.Settings;

namespace Alatau.Iot.Host.Commands;

/// <summary>Which quarantined messages a verb means.</summary>
internal sealed class QuarantineSwitches
{
    private readonly Option<string?> _reason = new("--reason") { Description = $"Only this reason: {string.Join(", ", Enum.GetNames<QuarantineReason>().Select(n => char.ToLowerInvariant(n[0]) + n[1..]))}.", HelpName = "REASON" };
    private readonly Option<string?> _route = new("--route") { Description = "Only what came in this way: mqtt, http, or a bridge's name.", HelpName = "NAME" };
    private readonly Option<string?> _topic = new("--topic") { Description = "Only this topic, or those an MQTT filter with + and # fits.", HelpName = "FILTER" };
    private readonly Option<string?> _asset = new("--asset") { Description = "Only what speaks for this asset by now.", HelpName = "SITE/ASSET" };
    private readonly Option<string?> _from = new("--from") { Description = "Arrived at or after this time.", HelpName = "2026-11-22T05:00:00Z" };
    private readonly Option<string?> _to = new("--to") { Description = "Arrived before this time.", HelpName = "TIME" };

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _reason, _route, _topic, _asset, _from, _to })
        {
            command.Add(option);
        }
    }

    /// <exception cref="SettingsFaultException">Options are wrong; all of them are in it.</exception>
    public QuarantineFilter Read(ParseResult parsed)
    {
        var faults = new List<string>();
        QuarantineReason? reason = null;
        if (parsed.GetValue(_reason) is { } word)
        {
            reason = Enum.TryParse<QuarantineReason>(word, ignoreCase: true, out var known) && char.IsAsciiLetter(word[0]) ? known : null;
            if (reason is null)
            {
                faults.Add($"--reason {word}: there is no such reason; --help lists them.");
            }
        }

        AssetId? asset = null;
        if (parsed.GetValue(_asset) is { } name)
        {
            asset = AssetId.TryParse(name, out var id) ? id : null;
            if (asset is null)
            {
                faults.Add($"--asset {name}: write it as site/asset.");
            }
        }

        var filter = new QuarantineFilter
        {
            Reason = reason,
            Route = parsed.GetValue(_route),
            Topic = parsed.GetValue(_topic),
            Asset = asset,
            From = TimeOption.Read(parsed, _from, faults) ?? Instant.MinValue,
            To = TimeOption.Read(parsed, _to, faults) ?? Instant.MaxValue,
        };
        return faults.Count == 0 ? filter : throw new SettingsFaultException([.. faults]);
    }

    /// <summary>The same as the API's query, with its question mark; empty for all.</summary>
    public static string Query(QuarantineFilter filter, params IEnumerable<(string Name, string? Value)> more)
    {
        var given = new (string Name, string? Value)[]
        {
            ("reason", filter.Reason?.ToString()),
            ("route", filter.Route),
            ("topic", filter.Topic),
            ("asset", filter.Asset?.ToString()),
            ("from", filter.From == Instant.MinValue ? null : filter.From.UnixMilliseconds.ToString(CultureInfo.InvariantCulture)),
            ("to", filter.To == Instant.MaxValue ? null : filter.To.UnixMilliseconds.ToString(CultureInfo.InvariantCulture)),
        };
        string text = string.Join('&', given.Concat(more).Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        return text.Length == 0 ? "" : "?" + text;
    }
}
