using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Corrections;

/// <summary>What corrections say in the log.</summary>
internal static partial class CorrectionLog
{
    [LoggerMessage(1, LogLevel.Error, "'{Path}' is damaged or of another version: windows that late readings reopened before the last stop keep their values. It is replaced at the next checkpoint.")]
    internal static partial void MarksDamaged(ILogger logger, string path);

    [LoggerMessage(2, LogLevel.Warning, "Windows of late readings wait to be corrected: {Error}")]
    internal static partial void Waits(ILogger logger, string error);

    [LoggerMessage(3, LogLevel.Information, "Windows of late readings are corrected again.")]
    internal static partial void Well(ILogger logger);
}
