using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Storage.Influx;

/// <summary>Every name the platform writes into InfluxDB. Boards, tests and other people's queries rely on them.</summary>
/// <remarks>
/// <c>reading</c>: tags site, asset; a field for each measurand under its own name (<c>activePower</c>, <c>voltage.l1</c>) with every usable value; one line an instant.
/// A value of quality estimated or uncertain has its quality beside it in <c>NAME.quality</c> (1 or 2; absent means good). A bad value stands in <c>NAME.bad</c> instead of NAME, so that no
/// mean of a board is spoilt by it. So each measurand has its own quality, lines of one instant merge, and writing one again changes nothing.
/// <c>window</c>: tags site, asset, measurand, span (<c>1m</c>, <c>15m</c>, <c>1h</c>), at the window's start; fields of the summary, <c>completeness</c> absent when not known.
/// <c>alarm</c>: tags site, asset, rule, severity, fromState, toState, at the step's instant; fields state (number of the new state, 0 normal), raisedAt (Unix milliseconds), value, alarmId, title, by, why.
/// Every number is a float; texts are strings; times are milliseconds.
/// </remarks>
public static class InfluxNames
{
    public const string Reading = "reading";
    public const string Window = "window";
    public const string Alarm = "alarm";

    /// <summary>The account of messages, by route.</summary>
    public const string Ledger = "ledger";

    public const string Site = "site";
    public const string Asset = "asset";
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
    public const string Quality = "quality";

    public const string State = "state";
    public const string RaisedAt = "raisedAt";
    public const string Value = "value";
    public const string AlarmId = "alarmId";
    public const string Title = "title";
    public const string By = "by";
    public const string Why = "why";

    private static readonly string[] s_states = ["normal", "unacknowledged", "acknowledged", "returnedUnacknowledged", "shelved", "suppressedByDesign", "outOfService"];

    private static readonly string[] s_severities = ["none", "low", "medium", "high", "critical"];

    /// <summary>Value of the tags <see cref="FromState"/> and <see cref="ToState"/>.</summary>
    public static string Of(AlarmState state) => s_states[(int)state];

    /// <summary>Value of the tag <see cref="Severity"/>.</summary>
    public static string Of(AlarmSeverity severity) => s_severities[(int)severity];

    internal static AlarmState StateOf(string name) => (AlarmState)Math.Max(0, Array.IndexOf(s_states, name));

    internal static AlarmSeverity SeverityOf(string name) => (AlarmSeverity)Math.Max(0, Array.IndexOf(s_severities, name));
}
