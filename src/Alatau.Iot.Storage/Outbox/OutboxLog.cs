using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Outbox;

/// <summary>What the outbox says in the log.</summary>
internal static partial class OutboxLog
{
    [LoggerMessage(20, LogLevel.Information, "The outbox in '{Folder}' holds {Records} batches in {Bytes} bytes from before the start; they go to the store as soon as it answers.")]
    internal static partial void Found(ILogger logger, string folder, long records, long bytes);

    [LoggerMessage(21, LogLevel.Warning, "'{Path}' is torn at byte {Offset}: {Bytes} bytes of a record that was never finished are cut off.")]
    internal static partial void Torn(ILogger logger, string path, long offset, long bytes);

    [LoggerMessage(22, LogLevel.Error, "'{Path}' can't be read from byte {Offset} on for {Bytes} bytes: {Reason}. The rest is read; the file is put aside as .damaged.")]
    internal static partial void Damaged(ILogger logger, string path, long offset, long bytes, string reason);

    [LoggerMessage(25, LogLevel.Error, "{Messages} messages of route {Route} are lost: their rows waited in {Place}: {Reason}. The ledger counts them as quarantined, lostInOutbox. Cure: check the disk.")]
    internal static partial void Lost(ILogger logger, long messages, string route, string place, string reason);

    [LoggerMessage(26, LogLevel.Error, "The file 'cursor' in '{Folder}' can't be read: everything found there goes to the store again, and messages lost there before are not in the account any more.")]
    internal static partial void CursorDamaged(ILogger logger, string folder);

    [LoggerMessage(23, LogLevel.Error, "History can't be spilled to '{Folder}': {Error} It waits in memory, and devices slow down. Cure: make room on the disk.")]
    internal static partial void Failed(ILogger logger, string folder, string error);

    [LoggerMessage(24, LogLevel.Warning, "The outbox in '{Folder}' is full at {Bytes} bytes. History waits in memory, and devices slow down. Cure: bring the store back, or raise Storage:Outbox:MaximumBytes.")]
    internal static partial void Full(ILogger logger, string folder, long bytes);
}
