using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Topologies;

namespace Alatau.Iot.Storage.Influx;

/// <summary>Every name the platform writes into InfluxDB. Boards, tests and other people's queries rely on them.</summary>
/// <remarks>
/// The databases are those of <see cref="InfluxTiers"/>: <c>telemetry</c> for readings, <c>telemetry_SPAN</c> for windows, <c>telemetry_1m</c> for the platform's account, <c>telemetry_alarms</c>.
/// <c>reading</c>: tags site, asset, kind; a field for each measurand under its own name (<c>activePower</c>, <c>voltage.l1</c>) with every usable value; one line an instant.
/// A value of quality estimated or uncertain has its quality beside it in <c>NAME.quality</c> (1 or 2; absent means good). A bad value stands in <c>NAME.bad</c> instead of NAME, so that no
/// mean of a board is spoilt by it. So each measurand has its own quality, lines of one instant merge, and writing one again changes nothing.
/// <c>window</c>: tags site, asset, kind, measurand, span (<c>1m</c>, <c>15m</c>, <c>1h</c>, <c>1d</c>), at the window's start; fields of the summary, <c>completeness</c> absent when not known; <c>yield</c> beside an energyProduced whose plant's peak power is known.
/// <c>site</c>: tags site, kind, measurand, span, beside the windows of the span: their sums over all assets of a kind at a site, for powers and energies; fields mean (sum of means), positive (of those above zero), delta (sum),
/// completeness (sum) and judged (number of those that have one), assets (number). Summed again when a window is corrected.
/// <c>topology</c>: tags node (<c>site/name</c>, a site's or the city's name), level (what the node is), kind (what its members are), measurand, span, beside the windows of the span: one branch of the topology;
/// fields sum (powers, flows, counters), mean, min, max (all but counters), members, expected, estimated (members), readings, completeness, revision, quality; <c>perArea</c> beside the energies of a place whose floor area is known. Written again when a window is corrected.
/// Local days (span <c>1d</c>, at local midnight of the site) hold <c>window</c> and <c>site</c> once more in a database of their own.
/// <c>alarm</c>: tags site, asset, rule, severity, fromState, toState, at the step's instant; fields state (number of the new state, 0 normal), raisedAt (Unix milliseconds), value, alarmId, title, by, why.
/// <c>ledger</c>: tag route, once a minute; fields received, stored, duplicate, quarantined, waiting, unaccounted, in messages since the start of the process.
/// <c>platform</c>: once a minute what <c>/metrics</c> says: a field for each sample under its name there without <c>alatau_</c> and <c>_total</c>, its labels as tags.
/// <c>asset</c>: tags site, asset, kind, every five minutes beside the platform's account, of assets whose coordinates the fleet knows; fields latitude and longitude in degrees, and of those that were ever heard
/// alarms (number that are not normal) and age (seconds since the latest measurement).
/// Every number is a float; texts are strings; times are milliseconds.
/// </remarks>
public static class InfluxNames
{
    public const string Reading = "reading";
    public const string Window = "window";
    public const string Alarm = "alarm";

    /// <summary>Sums of windows over the assets of a site.</summary>
    public const string SiteSum = "site";

    /// <summary>Branches of the topology.</summary>
    public const string Topology = "topology";

    /// <summary>The account of messages, by route.</summary>
    public const string Ledger = "ledger";

    /// <summary>The platform's own counters and gauges.</summary>
    public const string Platform = "platform";

    public const string Site = "site";
    public const string Asset = "asset";

    /// <summary>What the asset is to the operator, so that a total needs no list of assets.</summary>
    public const string Kind = "kind";

    public const string Measurand = "measurand";
    public const string Span = "span";
    public const string Rule = "rule";
    public const string Severity = "severity";
    public const string FromState = "fromState";
    public const string ToState = "toState";

    /// <summary>What follows a measurand's name in the field of its quality.</summary>
    public const string QualitySuffix = ".quality";

    /// <summary>What follows a measurand's name in the field of a value that must not be used.</summary>
    public const string BadSuffix = ".bad";

    public const string Count = "count";
    public const string Minimum = "min";
    public const string Maximum = "max";
    public const string Mean = "mean";
    public const string Last = "last";
    public const string Delta = "delta";
    public const string Completeness = "completeness";
    public const string Revision = "revision";

    /// <summary>Sum of the means above zero.</summary>
    public const string Positive = "positive";

    /// <summary>Assets in a sum whose completeness is known.</summary>
    public const string Judged = "judged";

    /// <summary>Assets in a sum.</summary>
    public const string Assets = "assets";
    public const string Quality = "quality";

    /// <summary>A node of the topology.</summary>
    public const string Node = "node";

    /// <summary>What a node of the topology is.</summary>
    public const string Level = "level";

    public const string Sum = "sum";

    /// <summary>Members whose window is in a branch's.</summary>
    public const string Members = "members";

    /// <summary>Members that should be.</summary>
    public const string Expected = "expected";

    /// <summary>Members in it of doubtful quality.</summary>
    public const string Estimated = "estimated";

    public const string Readings = "readings";

    /// <summary>Energy produced over a plant's peak power, in h (kWh/kWp): the specific yield of a window.</summary>
    public const string Yield = "yield";

    /// <summary>Energy of a place over its floor area, in Wh/m².</summary>
    public const string PerArea = "perArea";

    /// <summary>Alarms of an asset that are not normal.</summary>
    public const string Alarms = "alarms";

    /// <summary>Seconds since an asset's latest measurement.</summary>
    public const string Age = "age";

    /// <summary>Degrees north, WGS 84.</summary>
    public const string Latitude = "latitude";

    /// <summary>Degrees east, WGS 84.</summary>
    public const string Longitude = "longitude";

    /// <summary>The span of local days, which InfluxDB alone holds as rows: made out of hours.</summary>
    public const string DaySpan = "1d";

    /// <summary>Parts of a day that had a completeness; never written.</summary>
    internal const string Parts = "parts";

    public const string State = "state";
    public const string RaisedAt = "raisedAt";
    public const string Value = "value";
    public const string AlarmId = "alarmId";
    public const string Title = "title";
    public const string By = "by";
    public const string Why = "why";

    public const string Route = "route";
    public const string Received = "received";
    public const string Stored = "stored";
    public const string Duplicate = "duplicate";
    public const string Quarantined = "quarantined";
    public const string Waiting = "waiting";
    public const string Unaccounted = "unaccounted";

    private static readonly string[] s_states = ["normal", "unacknowledged", "acknowledged", "returnedUnacknowledged", "shelved", "suppressedByDesign", "outOfService"];

    private static readonly string[] s_severities = ["none", "low", "medium", "high", "critical"];

    private static readonly string[] s_kinds = ["unknown", "meter", "feeder", "transformer", "solar", "storage", "building", "weather", "water", "platform", "gateway", "bridge"];

    private static readonly string[] s_nodes = ["city", "district", "building", "floor", "room", "transformer", "feeder", "meter", "solar", "storage", "sensor", "weather", "water", "unknown"];

    /// <summary>Value of the tag <see cref="Kind"/>.</summary>
    public static string Of(AssetKind kind) => s_kinds[(int)kind];

    /// <summary>Value of the tag <see cref="Level"/>, and of <see cref="Kind"/> in <see cref="Topology"/>.</summary>
    public static string Of(NodeKind kind) => s_nodes[(int)kind];

    /// <summary>Value of the tags <see cref="FromState"/> and <see cref="ToState"/>.</summary>
    public static string Of(AlarmState state) => s_states[(int)state];

    /// <summary>Value of the tag <see cref="Severity"/>.</summary>
    public static string Of(AlarmSeverity severity) => s_severities[(int)severity];

    internal static AlarmState StateOf(string name) => (AlarmState)Math.Max(0, Array.IndexOf(s_states, name));

    internal static AlarmSeverity SeverityOf(string name) => (AlarmSeverity)Math.Max(0, Array.IndexOf(s_severities, name));
}
