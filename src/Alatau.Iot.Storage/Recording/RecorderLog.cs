using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Recording;

/// <summary>What the recorder says in the log.</summary>
internal static partial class RecorderLog
{
    [LoggerMessage(1, LogLevel.Warning, "History waits: the {Store} store can't be written. {Error}")]
    internal static partial void Left(ILogger logger, string store, string error);

    [LoggerMessage(2, LogLevel.Information, "The {Store} store takes history again after {Absence} and {Tries} failed tries.")]
    internal static partial void Returned(ILogger logger, string store, TimeSpan absence, int tries);

    [LoggerMessage(3, LogLevel.Warning, "The {Store} store refused {Rows} rows for good; the first because: {Reason}. They are in '{Path}'.")]
    internal static partial void Rejected(ILogger logger, string store, int rows, string reason, string path);

    [LoggerMessage(4, LogLevel.Error, "Stopped before all history was stored: {Rows} rows were still waiting for the {Store} store after {Bound}.")]
    internal static partial void LeftBehind(ILogger logger, string store, long rows, TimeSpan bound);

    [LoggerMessage(5, LogLevel.Error, "Retention was not enforced in the {Store} store: {Error} Next try in {Pause}.")]
    internal static partial void RetentionFailed(ILogger logger, string store, string error, TimeSpan pause);

    [LoggerMessage(6, LogLevel.Information, "Retention: {Rows} rows left the {Store} store.")]
    internal static partial void RetentionDone(ILogger logger, string store, long rows);

    [LoggerMessage(8, LogLevel.Error, "Outbox: {Error}")]
    internal static partial void OutboxTrouble(ILogger logger, string error);

    [LoggerMessage(9, LogLevel.Information, "Stopped while the {Store} store was away: history waits in the outbox for the next start.")]
    internal static partial void LeftInOutbox(ILogger logger, string store);

    [LoggerMessage(7, LogLevel.Warning, "Quarantine: {Error}")]
    internal static partial void QuarantineTrouble(ILogger logger, string error);

    [LoggerMessage(8, LogLevel.Warning, "The platform's own counters were not written into InfluxDB: {Error}")]
    internal static partial void SampleFailed(ILogger logger, string error);

    [LoggerMessage(9, LogLevel.Information, "The platform's own counters are written into InfluxDB again.")]
    internal static partial void SampleWell(ILogger logger);

    [LoggerMessage(10, LogLevel.Warning, "The sums of sites were not written: {Error}")]
    internal static partial void SiteSumsFailed(ILogger logger, string error);

    [LoggerMessage(11, LogLevel.Information, "The sums of sites are written again.")]
    internal static partial void SiteSumsWell(ILogger logger);
}
