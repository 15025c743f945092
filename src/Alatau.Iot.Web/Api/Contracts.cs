using System.Text.Json;
using System.Text.Json.Serialization;
using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Web.Api;

/// <summary>A list and where its next page begins.</summary>
/// <param name="Items">One page.</param>
/// <param name="Next">Give it back as <c>cursor</c> for the next page; null on the last.</param>
internal sealed record Listing<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>The latest value of one measurand by time of measurement.</summary>
/// <param name="AgeSeconds">Since it was measured, by the platform's clock.</param>
internal sealed record ValueItem(string Measurand, double Value, string Unit, string Quality, string MeasuredAt, double AgeSeconds);

/// <summary>An asset in a list.</summary>
/// <param name="Name">What an operator calls it.</param>
/// <param name="LastMeasuredAt">Null when it never had a reading.</param>
/// <param name="OpenAlarms">Alarms that are not normal.</param>
internal sealed record AssetItem(
    string Site, string Asset, string Name, string Kind, string? LastMeasuredAt, double? AgeSeconds, int OpenAlarms, IReadOnlyList<ValueItem> Values);

/// <summary>One asset in full.</summary>
internal sealed record AssetDetail(
    string Site,
    string Asset,
    string Name,
    string Kind,
    double? ReportingIntervalSeconds,
    double? RatedPowerWatts,
    double? Latitude,
    double? Longitude,
    IReadOnlyDictionary<string, string> Attributes,
    bool SelfRegistered,
    string? LastMeasuredAt,
    string? LastReceivedAt,
    double? AgeSeconds,
    long ReadingCount,
    IReadOnlyList<ValueItem> Values,
    IReadOnlyList<AlarmItem> Alarms);

/// <summary>One point of a series: a reading, or a window with its summary.</summary>
/// <param name="T">MeasuredAt of a reading, start of a window.</param>
/// <param name="V">The reading; of a window the mean (gauge), the delta (counter), or the last value (state).</param>
/// <param name="Q">Quality: of the reading, or the worst in the window.</param>
internal sealed record PointItem(
    string T,
    double V,
    string Q,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Count = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Min = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Max = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Mean = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Last = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Completeness = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Revision = null);

/// <summary>A series, oldest point first.</summary>
/// <param name="Window"><c>raw</c>, <c>1m</c>, <c>15m</c>, <c>1h</c> or <c>1d</c> (local days of the site's zone).</param>
/// <param name="Next">Give it back as <c>from</c> for the next page; null on the last.</param>
internal sealed record SeriesAnswer(string Site, string Asset, string Measurand, string Unit, string Window, IReadOnlyList<PointItem> Points, string? Next);

/// <summary>An open alarm, or one transition of an alarm.</summary>
/// <param name="From">State before; null in the list of an asset's open alarms.</param>
/// <param name="At">Event time of the step.</param>
/// <param name="Value">In the canonical unit of the rule's measurand; null for silence.</param>
internal sealed record AlarmItem(
    string Id, string Site, string Asset, string Rule, string Title, string Severity, string? From, string State, string At, string RaisedAt, double? Value, string By, string Why);

/// <summary>An open outage.</summary>
/// <param name="Asset">Its place: a feeder or transformer.</param>
/// <param name="Start">When the mains went, as far as its members tell.</param>
/// <param name="Customers">Customers without mains now.</param>
/// <param name="Worst">Most customers without mains at a time.</param>
/// <param name="Silent">Meters without mains now.</param>
/// <param name="Meters">Meters below the place that were heard until then.</param>
/// <param name="LastGasps">Of the silent ones, those that said goodbye.</param>
/// <param name="Cause"><c>mains</c>.</param>
/// <param name="PartOf">Place of the wider outage it is folded into; null for none.</param>
internal sealed record OutageItem(string Site, string Asset, string Name, string Start, int Customers, int Worst, int Silent, int Meters, int LastGasps, string Cause, string? PartOf);

/// <summary>An open outage with its members.</summary>
/// <param name="Silent">Meters without mains now, at most 10,000.</param>
internal sealed record OutageDetail(OutageItem Outage, IReadOnlyList<string> Silent);

/// <summary>Who acts on an alarm, and why.</summary>
/// <param name="By">The person's name, 1 to 100 characters.</param>
/// <param name="Why">Reason, up to 500 characters; putting an alarm aside demands one.</param>
/// <param name="For">Shelving only: for how long, as <c>30m</c> or <c>2h</c>; at most 24 hours.</param>
internal sealed record AlarmRequest(string? By, string? Why, string? For);

/// <summary>What became of a request to an alarm.</summary>
/// <param name="Result"><c>done</c> or <c>alreadySo</c>.</param>
internal sealed record AlarmAnswer(string Id, string Result);

/// <summary>One subscription in full.</summary>
/// <param name="Subscription">How its deliveries went.</param>
/// <param name="Definition">In the words of its file, secrets replaced by <c>{"kept": true}</c>, which may be sent back; null for one of the platform itself.</param>
internal sealed record SubscriptionDetail(SubscriptionView Subscription, JsonElement? Definition);

/// <summary>One notification on its way to one target.</summary>
/// <param name="Key">The same when it is sent again: a target knows by it what it has already.</param>
/// <param name="Kind"><c>step</c>, <c>digest</c>, <c>reminder</c>, <c>escalation</c> or <c>test</c>.</param>
/// <param name="Alarms">Ids of the alarms it tells of.</param>
/// <param name="State"><c>waiting</c>, <c>delivered</c> or <c>deadLetter</c>.</param>
/// <param name="NextAt">When it is tried again; null when it isn't.</param>
/// <param name="Problem">Why the latest try failed; null when none did.</param>
/// <param name="Answer">What the target said when it took it.</param>
internal sealed record DeliveryItem(
    long Number, string Key, string Subscription, string Means, string Target, string Kind, string Title, IReadOnlyList<string> Alarms, string State, string CreatedAt, int Attempts, string? TriedAt, string? NextAt, string? Problem, string Answer);

/// <summary>A message that could not be taken.</summary>
/// <param name="Payload">Its bytes as text where they are UTF-8, else null.</param>
/// <param name="PayloadBase64">Its bytes.</param>
/// <param name="IsCut">Whether bytes of it are missing.</param>
/// <param name="IsReplayed">Whether it was sent through again.</param>
internal sealed record QuarantineItem(
    long Number, string ReceivedAt, string Route, string Client, string Topic, string Reason, string Detail, string? Payload, string PayloadBase64, bool IsCut, bool IsReplayed);

/// <summary>A message that still can't be taken.</summary>
internal sealed record QuarantineRefusal(long Number, string Reason, string Detail);

/// <summary>What became of the messages that were sent through again.</summary>
/// <param name="Tried">Messages that were meant.</param>
/// <param name="Taken">On the road now, and no longer in quarantine.</param>
/// <param name="Refused">Still can't be taken.</param>
/// <param name="Busy">Not tried, since the road had no room in time.</param>
/// <param name="Items">The first 100 that still can't be taken.</param>
internal sealed record QuarantineReplayReport(long Tried, long Taken, long Refused, long Busy, IReadOnlyList<QuarantineRefusal> Items);

/// <summary>Messages kept aside, newest first.</summary>
/// <param name="Counts">Messages quarantined by reason, kept or not.</param>
internal sealed record QuarantineListing(IReadOnlyList<QuarantineItem> Items, string? Next, IReadOnlyDictionary<string, long> Counts);

/// <summary>The account of one route in messages; <c>received = stored + duplicate + quarantined + waiting + unaccounted</c>.</summary>
internal sealed record LedgerAccount(long Received, long Stored, long Duplicate, long Quarantined, long Waiting, long Unaccounted);

/// <summary>The account of all messages; <c>unaccounted</c> must be zero.</summary>
internal sealed record LedgerAnswer(
    long Received, long Stored, long Duplicate, long Quarantined, long Waiting, long Unaccounted, IReadOnlyDictionary<string, LedgerAccount> ByRoute);

/// <summary>Sums over assets with a fresh value.</summary>
internal sealed record TotalsItem(
    double LoadWatts, double GenerationWatts, double NetImportWatts, double EnergyImportTodayWattHours, double EnergyProducedTodayWattHours, int Assets, int Reporting, int OpenAlarms);

internal sealed record SiteTotalsItem(string Site, string Name, string At, TotalsItem Totals);

/// <summary>The city and each of its sites.</summary>
internal sealed record TotalsAnswer(string At, TotalsItem City, IReadOnlyList<SiteTotalsItem> Sites);

/// <summary>Messages taken off the request.</summary>
internal sealed record TelemetryAnswer(int Accepted);

/// <summary>A message of the request that was set aside.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
internal sealed record RefusedMessage(int Index, string Asset, string Reason, string Detail);

/// <summary>Parts and how they are.</summary>
/// <param name="Status"><c>ready</c>; an ill platform answers a problem instead.</param>
/// <param name="Parts">Name of each part, and what is wrong with it; null when it is well.</param>
internal sealed record ReadyAnswer(string Status, IReadOnlyDictionary<string, string?> Parts, IReadOnlyDictionary<string, string> Warnings);

internal sealed record LiveAnswer(string Status);

/// <summary>A reading of the stream.</summary>
internal sealed record ReadingEvent(string Site, string Asset, string Measurand, double Value, string Unit, string Quality, string MeasuredAt, string ReceivedAt);

/// <summary>A figure of the alarm quality.</summary>
/// <param name="Unit"><c>1</c>, <c>%</c> or <c>d</c>.</param>
/// <param name="Verdict"><c>good</c>, <c>fair</c>, <c>poor</c>, or <c>unknown</c> where there is too little to tell.</param>
internal sealed record QualityFigure(string Name, string Title, double Value, string Unit, string Target, string Verdict, string Meaning);

/// <summary>A flood of alarms.</summary>
/// <param name="To">Null while it lasts.</param>
/// <param name="Calls">From the ten minutes before it to its end.</param>
/// <param name="Peak">Most calls in ten minutes.</param>
internal sealed record QualityFlood(string From, string? To, int Calls, int Peak);

/// <summary>How often something happened to an alarm.</summary>
/// <param name="Share">Of all calls, 0 to 1.</param>
internal sealed record QualityAlarm(string Site, string Asset, string Rule, string Title, int Count, double Share);

internal sealed record QualityStale(string Site, string Asset, string Rule, string Title, string Since);

/// <summary>The fields of OPC UA's AlarmMetricsType; rates in calls in ten minutes, times in seconds.</summary>
internal sealed record QualityMetrics(
    int AlarmCount, string StartTime, int CurrentAlarmRate, int MaximumAlarmRate, double AverageAlarmRate, double MaximumActiveState, double MaximumUnAck, int MaximumReAlarmCount);

/// <summary>The quality of alarms within a span.</summary>
/// <param name="IsWhole">Whether the store's history of the span has been read; false shortly after a start, or while the store is away.</param>
internal sealed record QualityAnswer(
    string From,
    string To,
    bool IsWhole,
    int Operators,
    IReadOnlyList<QualityFigure> Figures,
    IReadOnlyDictionary<string, int> Severities,
    IReadOnlyList<QualityFlood> Floods,
    IReadOnlyList<QualityAlarm> TopTen,
    IReadOnlyList<QualityAlarm> Chattering,
    IReadOnlyList<QualityAlarm> Fleeting,
    IReadOnlyList<QualityStale> Stale,
    QualityMetrics Metrics);
