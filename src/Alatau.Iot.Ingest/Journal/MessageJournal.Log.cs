using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Ingest.Journal;

public sealed partial class MessageJournal
{
    [LoggerMessage(1, LogLevel.Information, "The journal in {Folder} has {Segments} segments with {MiB} MiB, from position {First} to {Last}.")]
    private static partial void LogOpened(ILogger log, string folder, int segments, long miB, long first, long last);

    [LoggerMessage(2, LogLevel.Error, "The journal's cursors could not be read; the file is kept as {Path}. Every consumer begins with the oldest record.")]
    private static partial void LogCursorsUnreadable(ILogger log, string path);

    [LoggerMessage(3, LogLevel.Error, "A consumer has come to position {Cursor}, but the journal in {Folder} ends at {End}: its end was lost. New records go on behind the cursor.")]
    private static partial void LogCursorBeyondEnd(ILogger log, long cursor, long end, string folder);
}
