using System.Globalization;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Influx;

/// <summary>The InfluxQL statements of the store, in the subset that 1.x, 2.x and 3.x share.</summary>
internal static class InfluxQl
{
    // What InfluxDB can hold: nanoseconds in 64 bits.
    private const long Earliest = long.MinValue / 1_000_000;
    private const long Latest = long.MaxValue / 1_000_000;

    private static readonly string s_windowColumns = string.Join(", ", ((string[])[InfluxNames.Count, InfluxNames.Minimum, InfluxNames.Maximum, InfluxNames.Mean, InfluxNames.Last, InfluxNames.Delta, InfluxNames.Completeness, InfluxNames.Revision, InfluxNames.Quality]).Select(Name));

    private static readonly string s_rollUpColumns = string.Join(", ", ((string[])[InfluxNames.Sum, InfluxNames.Mean, InfluxNames.Minimum, InfluxNames.Maximum, InfluxNames.Members, InfluxNames.Expected, InfluxNames.Estimated, InfluxNames.Readings, InfluxNames.Completeness, InfluxNames.Revision, InfluxNames.Quality]).Select(Name));

    internal const string Probe = "SHOW MEASUREMENTS LIMIT 1";

    /// <summary>With the tier's retention, so that the database itself lets go of what is older. Done again it changes nothing; 1.x refuses it when a database of that name keeps otherwise.</summary>
    internal static string CreateDatabase(InfluxTier tier) => $"CREATE DATABASE {Name(tier.Database)} WITH {Kept(tier)} NAME \"autogen\"";

    internal static string CreatePolicy(InfluxTier tier) => $"CREATE RETENTION POLICY \"alatau\" ON {Name(tier.Database)} {Kept(tier)} DEFAULT";

    internal static string AlterPolicy(InfluxTier tier, string policy) => $"ALTER RETENTION POLICY {Name(policy)} ON {Name(tier.Database)} {Kept(tier)}";

    /// <summary>One more point than asked for, to know whether there is a next page.</summary>
    internal static string Select(SeriesQuery query, string measurand)
    {
        string columns = query.Span is null
            ? $"{Name(measurand)}, {Name(measurand + InfluxNames.QualitySuffix)}, {Name(measurand + InfluxNames.BadSuffix)}"
            : s_windowColumns;
        string windowTags = query.Span is { } span ? $" AND {Name(InfluxNames.Measurand)} = {Text(measurand)} AND {Name(InfluxNames.Span)} = {Text(span.ShortName())}" : "";
        string from = query.Span is null ? InfluxNames.Reading : InfluxNames.Window;
        return $"SELECT {columns} FROM {Name(from)} WHERE {Is(query.Asset)}{windowTags} AND {Within(query.From, query.To)} ORDER BY time ASC LIMIT {Number(query.Limit + 1L)}";
    }

    internal static string Select(TransitionQuery query)
    {
        string columns = string.Join(", ", ((string[])[InfluxNames.AlarmId, InfluxNames.RaisedAt, InfluxNames.Value, InfluxNames.Title, InfluxNames.By, InfluxNames.Why, InfluxNames.Site, InfluxNames.Asset, InfluxNames.Rule, InfluxNames.Severity, InfluxNames.FromState, InfluxNames.ToState]).Select(Name));
        string asset = query.Asset is { } id ? Is(id) + " AND " : "";
        return $"SELECT {columns} FROM {Name(InfluxNames.Alarm)} WHERE {asset}{Within(query.From, query.To)} ORDER BY time DESC LIMIT {Number(query.Limit)}";
    }

    /// <summary>One more point than asked for, to know whether there is a next page.</summary>
    internal static string Select(RollUpQuery query, string measurand) =>
        $"SELECT {s_rollUpColumns} FROM {Name(InfluxNames.Topology)} WHERE {Name(InfluxNames.Node)} = {Text(query.Node)} AND {Name(InfluxNames.Kind)} = {Text(InfluxNames.Of(query.Members))} AND {Name(InfluxNames.Measurand)} = {Text(measurand)} AND {Name(InfluxNames.Span)} = {Text(query.Span.ShortName())} AND {Within(query.From, query.To)} ORDER BY time ASC LIMIT {Number(query.Limit + 1L)}";

    /// <summary>The windows of one measurand, by asset.</summary>
    internal static string SelectOfAll(string measurand, WindowSpan span, Instant from, Instant to) =>
        $"SELECT {s_windowColumns} FROM {Name(InfluxNames.Window)} WHERE {Name(InfluxNames.Measurand)} = {Text(measurand)} AND {Name(InfluxNames.Span)} = {Text(span.ShortName())} AND {Within(from, to)} GROUP BY {Name(InfluxNames.Site)}, {Name(InfluxNames.Asset)}";

    /// <summary>Powers and energies, which have a sum.</summary>
    internal static string SumBySite(WindowSpan span, Instant from, Instant to) =>
        $"SELECT sum({Name(InfluxNames.Mean)}) AS {Name(InfluxNames.Mean)}, sum({Name(InfluxNames.Delta)}) AS {Name(InfluxNames.Delta)}, sum({Name(InfluxNames.Completeness)}) AS {Name(InfluxNames.Completeness)}, count({Name(InfluxNames.Completeness)}) AS {Name(InfluxNames.Judged)}, count({Name(InfluxNames.Mean)}) AS {Name(InfluxNames.Assets)} "
        + $"FROM {Name(InfluxNames.Window)} WHERE {Name(InfluxNames.Measurand)} =~ /^(activePower|energyImport|energyExport|energyProduced)$/ AND {Name(InfluxNames.Span)} = {Text(span.ShortName())} AND {Within(from, to)} {BySite(span)}";

    /// <summary>What consumes, or produces, without what flows the other way.</summary>
    internal static string PositiveBySite(WindowSpan span, Instant from, Instant to) =>
        $"SELECT sum({Name(InfluxNames.Mean)}) AS {Name(InfluxNames.Positive)} "
        + $"FROM {Name(InfluxNames.Window)} WHERE {Name(InfluxNames.Measurand)} = 'activePower' AND {Name(InfluxNames.Mean)} >= 0 AND {Name(InfluxNames.Span)} = {Text(span.ShortName())} AND {Within(from, to)} {BySite(span)}";

    internal static string SitesOfWindows => $"SHOW TAG VALUES FROM {Name(InfluxNames.Window)} WITH KEY = {Name(InfluxNames.Site)}";

    internal static string MeasurandsOfWindows(string site) => $"SHOW TAG VALUES FROM {Name(InfluxNames.Window)} WITH KEY = {Name(InfluxNames.Measurand)} WHERE {Name(InfluxNames.Site)} = {Text(site)}";

    /// <summary>One row for each asset.</summary>
    internal static string DayOfAssets(string site, string measurand, WindowSpan span, LocalDay day) =>
        $"SELECT {Each("sum", InfluxNames.Count)}, {Each("min", InfluxNames.Minimum)}, {Each("max", InfluxNames.Maximum)}, {Each("last", InfluxNames.Last)}, {Each("sum", InfluxNames.Delta)}, {Each("sum", InfluxNames.Completeness)}, "
        + $"count({Name(InfluxNames.Completeness)}) AS {Name(InfluxNames.Parts)}, {Each("sum", InfluxNames.Revision)}, {Each("max", InfluxNames.Quality)}, {Each("sum", InfluxNames.Yield)} "
        + $"FROM {Name(InfluxNames.Window)} WHERE {Of(site, measurand, span, day)} GROUP BY {Name(InfluxNames.Asset)}, {Name(InfluxNames.Kind)}";

    /// <summary>What the mean of the day is made of.</summary>
    internal static string WeightedDayOfAssets(string site, string measurand, WindowSpan span, LocalDay day) =>
        $"SELECT sum(\"weighted\") AS \"weighted\" FROM (SELECT {Name(InfluxNames.Mean)} * {Name(InfluxNames.Count)} AS \"weighted\" FROM {Name(InfluxNames.Window)} WHERE {Of(site, measurand, span, day)}) "
        + $"WHERE {Within(day.Start, day.End)} GROUP BY {Name(InfluxNames.Asset)}, {Name(InfluxNames.Kind)}";

    /// <summary>The sums of a site: powers as the mean of its parts, energies as their sum.</summary>
    internal static string DayOfSite(string site, WindowSpan span, LocalDay day) =>
        $"SELECT {Each("mean", InfluxNames.Mean)}, {Each("mean", InfluxNames.Positive)}, {Each("sum", InfluxNames.Delta)}, {Each("sum", InfluxNames.Completeness)}, {Each("sum", InfluxNames.Judged)}, {Each("max", InfluxNames.Assets)} "
        + $"FROM {Name(InfluxNames.SiteSum)} WHERE {Name(InfluxNames.Site)} = {Text(site)} AND {Name(InfluxNames.Span)} = {Text(span.ShortName())} AND {Within(day.Start, day.End)} GROUP BY {Name(InfluxNames.Kind)}, {Name(InfluxNames.Measurand)}";

    /// <summary>An identifier in double quotes.</summary>
    internal static string Name(string name) => "\"" + name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    /// <summary>A text in single quotes.</summary>
    internal static string Text(string text) =>
        "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "'";

    private static string Each(string function, string field) => $"{function}({Name(field)}) AS {Name(field)}";

    private static string Of(string site, string measurand, WindowSpan span, LocalDay day) =>
        $"{Name(InfluxNames.Site)} = {Text(site)} AND {Name(InfluxNames.Measurand)} = {Text(measurand)} AND {Name(InfluxNames.Span)} = {Text(span.ShortName())} AND {Within(day.Start, day.End)}";

    private static string Kept(InfluxTier tier) => $"DURATION {Duration(tier.Kept)} REPLICATION 1 SHARD DURATION {Duration(tier.Shard)}";

    private static string Duration(TimeSpan span) => span == TimeSpan.Zero ? "INF" : Number((long)span.TotalHours) + "h";

    private static string BySite(WindowSpan span) =>
        $"GROUP BY time({span.ShortName()}), {Name(InfluxNames.Site)}, {Name(InfluxNames.Kind)}, {Name(InfluxNames.Measurand)} fill(none)";

    private static string Is(Core.Assets.AssetId asset) => $"{Name(InfluxNames.Site)} = {Text(asset.Site)} AND {Name(InfluxNames.Asset)} = {Text(asset.Name)}";

    private static string Within(Instant from, Instant to) => $"time >= {Time(from)} AND time < {Time(to)}";

    private static string Time(Instant instant) => Number(Math.Clamp(instant.UnixMilliseconds, Earliest, Latest)) + "ms";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
