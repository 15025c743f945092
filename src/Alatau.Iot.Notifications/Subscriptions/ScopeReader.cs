using System.Collections.Frozen;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;

namespace Alatau.Iot.Notifications.Subscriptions;

/// <summary>Reads the scope of a subscription and holds what it names against the fleet and the rules.</summary>
internal static class ScopeReader
{
    private const int MostOffered = 12;

    public static SubscriptionScope Read(FileNode node, SubscriptionPlaces places)
    {
        var sites = Texts(node, "sites", (item, text) =>
        {
            if (!places.KnowsSite(text))
            {
                item.Fault($"No fleet has a site '{text}'", Offer(places.Sites));
            }
        });
        var rules = Texts(node, "rules", (item, text) =>
        {
            if (!places.KnowsRule(text))
            {
                item.Fault($"There is no alarm rule '{text}'", Offer(places.Rules));
            }
        });
        var under = new List<AssetId>();
        Texts(node, "under", (item, text) =>
        {
            if (!AssetId.TryParse(text, out var id))
            {
                item.Fault($"'{text}' is no asset id", "Write site/asset of a feeder, a transformer or a meter");
            }
            else if (!places.KnowsAsset(id))
            {
                item.Fault($"No fleet has an asset '{id}'", "Name an asset of a file under devices/fleets; 'under' takes it and all that it feeds");
            }
            else
            {
                under.Add(id);
            }
        });
        var scope = new SubscriptionScope
        {
            Sites = sites,
            Rules = rules,
            Under = under,
            Branch = under.SelectMany(places.Branch).ToFrozenSet(),
            Kinds = Words<AssetKind>(node, "kinds"),
            Severity = node.Choice<AlarmSeverity>("severity"),
            Steps = Words<AlarmStep>(node, "steps"),
        };
        node.ReportUnknown();
        if (scope.Under.Count > 0 && scope.Sites.Count > 0 && !scope.Branch.Any(a => scope.Sites.Contains(a.Site)))
        {
            node.FaultAt("under", "None of that branch is at one of the sites: nothing would ever be told", "Remove sites, or name a branch of theirs");
        }

        return scope;
    }

    private static FrozenSet<string> Texts(FileNode node, string name, Action<FileNode, string> check)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        var items = node.Items(name);
        foreach (var item in items)
        {
            if (item.Element.ValueKind != System.Text.Json.JsonValueKind.String)
            {
                item.Fault("Must be a text", "Write it in double quotes");
                continue;
            }

            string text = item.Element.GetString()!;
            check(item, text);
            texts.Add(text);
        }

        if (items.Count == 0 && node.Has(name) && node.Element.GetProperty(name).ValueKind == System.Text.Json.JsonValueKind.Array)
        {
            node.FaultAt(name, "An empty list would take nothing", "Name at least one, or leave it out for all");
        }

        return texts.ToFrozenSet(StringComparer.Ordinal);
    }

    private static FrozenSet<T> Words<T>(FileNode node, string name)
        where T : struct, Enum
    {
        var words = new HashSet<T>();
        Texts(node, name, (item, text) =>
        {
            foreach (var value in Enum.GetValues<T>())
            {
                if (string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase))
                {
                    words.Add(value);
                    return;
                }
            }

            item.Fault($"'{text}' is not known here", $"Write one of: {string.Join(", ", Enum.GetNames<T>().Select(n => char.ToLowerInvariant(n[0]) + n[1..]))}");
        });
        return words.ToFrozenSet();
    }

    private static string Offer(IReadOnlySet<string> known)
    {
        string offered = string.Join(", ", known.Order(StringComparer.Ordinal).Take(MostOffered));
        return known.Count == 0 ? "Add it to the files, or remove it here" : $"Write one of: {offered}{(known.Count > MostOffered ? ", ..." : "")}";
    }
}
