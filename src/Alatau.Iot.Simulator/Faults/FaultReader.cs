using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Fleets;

namespace Alatau.Iot.Simulator.Faults;

/// <summary>Reads one item of a scenario's fault list.</summary>
internal static class FaultReader
{
    private static readonly TimeSpan Forever = TimeSpan.FromDays(36_500);

    /// <param name="known">Assets that report; null when the fleet or a recording could not be read, so that nobody can say.</param>
    internal static Fault? Read(FileNode node, HashSet<AssetId>? known, Fleet? fleet)
    {
        var kind = node.Choice<FaultKind>("kind", required: true);
        var assets = Assets(node, known, fleet);
        var after = node.Text("after") ?? "start";
        if (after is not ("start" or "live"))
            node.FaultAt("after", $"'{after}' is not known here", "Write start or live");
        var from = node.Duration("from") ?? TimeSpan.Zero;
        var span = node.Duration("for") ?? Forever;
        if (span <= TimeSpan.Zero)
            node.FaultAt("for", "Must be longer than nothing", "Write for example 10m, or leave it out for a fault that stays");

        var offsetSeconds = 0.0;
        string? measurand = null;
        var factor = 1.0;
        if (kind == FaultKind.ClockShift)
            offsetSeconds = node.Number("offsetSeconds", -3e8, 3e8, required: true) ?? 0;
        if (kind == FaultKind.Scaled)
        {
            measurand = node.Text("measurand", required: true);
            factor = node.Number("factor", -1e6, 1e6, required: true) ?? 1;
        }

        node.ReportUnknown();
        return kind is null || assets.Count == 0
            ? null
            : new Fault(kind.Value, assets, after == "live", from, span, TimeSpan.FromSeconds(offsetSeconds), measurand, factor);
    }

    private static HashSet<AssetId> Assets(FileNode node, HashSet<AssetId>? known, Fleet? fleet)
    {
        var assets = new HashSet<AssetId>();
        if (!node.Has("assets") && !node.Has("below"))
            node.Fault("Strikes nobody", "Name its assets, or the feeder they are below");
        if (known is null)
        {
            _ = (node.Items("assets"), node.Text("below"));
            return assets;
        }

        foreach (var item in node.Items("assets"))
        {
            var text = item.Element.ToString();
            if (text.EndsWith("/*", StringComparison.Ordinal) && known.Any(id => id.Site == text[..^2]))
                assets.UnionWith(known.Where(id => id.Site == text[..^2]));
            else if (AssetId.TryParse(text, out var id) && known.Contains(id))
                assets.Add(id);
            else
                item.Fault($"Asset '{text}' does not report in this scenario", "Name site/asset of its fleet or recordings, or site/* for a whole site");
        }

        if (node.Text("below") is { } aboveText)
        {
            if (fleet is not null && AssetId.TryParse(aboveText, out var above) && known.Contains(above))
                assets.UnionWith(known.Where(id => IsBelow(fleet, id, above)).Append(above));
            else
                node.FaultAt("below", $"Asset '{aboveText}' is not in this scenario's fleet", "Name a feeder or transformer of the fleet");
        }

        return assets;
    }

    private static bool IsBelow(Fleet fleet, AssetId id, AssetId above)
    {
        while (fleet.FedBy.TryGetValue(id, out id))
        {
            if (id == above)
                return true;
        }

        return false;
    }
}
