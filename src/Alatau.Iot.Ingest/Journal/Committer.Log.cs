using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Ingest.Journal;

internal sealed partial class Committer
{
    [LoggerMessage(1, LogLevel.Error, "No message is acknowledged: {Problem}")]
    private static partial void LogFailing(ILogger log, string problem);

    [LoggerMessage(2, LogLevel.Information, "The journal in {Folder} can be written again.")]
    private static partial void LogWell(ILogger log, string folder);

    [LoggerMessage(3, LogLevel.Warning, "The journal was closed with {Records} records that could not be written; none of them was acknowledged.")]
    private static partial void LogNotCommitted(ILogger log, long records);

    [LoggerMessage(4, LogLevel.Critical, "The journal's committer has stopped by a fault of its own.")]
    private static partial void LogStopped(ILogger log, Exception error);
}
