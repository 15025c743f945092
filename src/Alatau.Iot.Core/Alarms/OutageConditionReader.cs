using Alatau.Iot.Core.Files;

namespace Alatau.Iot.Core.Alarms;

/// <summary>Reads a condition of type <c>outage</c> or <c>connection</c>: <c>share</c>, <c>atLeast</c>, <c>within</c>, <c>stragglers</c>, each with a default.</summary>
internal static class OutageConditionReader
{
    private const double LeastShare = 0.01;
    private const int MostMeters = 1_000_000;
    private static readonly TimeSpan s_shortestWithin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestWithin = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_longestStragglers = TimeSpan.FromDays(7);

    public static OutageCondition Read(FileNode node, bool isConnection)
    {
        double share = node.Number("share", LeastShare, 1) ?? (isConnection ? OutageCondition.DefaultConnectionShare : OutageCondition.DefaultShare);
        double atLeast = node.Number("atLeast") ?? OutageCondition.DefaultAtLeast;
        var within = node.Duration("within") ?? OutageCondition.DefaultWithin;
        var stragglers = node.Duration("stragglers") ?? OutageCondition.DefaultStragglers;
        if (atLeast is < 2 or > MostMeters || atLeast != Math.Floor(atLeast))
        {
            node.FaultAt("atLeast", "A single one that is silent is a device, no outage", "Write a whole number from 2 on");
            atLeast = OutageCondition.DefaultAtLeast;
        }

        if (within < s_shortestWithin || within > s_longestWithin)
        {
            node.FaultAt("within", "Meters go together within seconds; their reporting interval is added to it", "Write 100ms to 5m");
        }

        if (stragglers < TimeSpan.Zero || stragglers > s_longestStragglers)
        {
            node.FaultAt("stragglers", "Whoever is silent for so long after an outage has a fault of its own", "Write at most 7d");
        }

        return new OutageCondition(share, (int)atLeast, within, stragglers) { IsConnection = isConnection };
    }
}
