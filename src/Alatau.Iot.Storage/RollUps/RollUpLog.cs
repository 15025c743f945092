using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.RollUps;

/// <summary>What the roll-ups say in the log.</summary>
internal static partial class RollUpLog
{
    [LoggerMessage(1, LogLevel.Warning, "The roll-ups of the topology wait: {Error}")]
    internal static partial void Failed(ILogger logger, string error);

    [LoggerMessage(2, LogLevel.Information, "The roll-ups of the topology are written again.")]
    internal static partial void Well(ILogger logger);
}
