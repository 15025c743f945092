using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Influx;

/// <summary>What the platform says in the log about InfluxDB beside its writing.</summary>
internal static partial class InfluxLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Difference}")]
    internal static partial void ClocksApart(ILogger logger, string difference);

    [LoggerMessage(2, LogLevel.Information, "The clocks of InfluxDB's host and of this one agree again.")]
    internal static partial void ClocksAgree(ILogger logger);

    [LoggerMessage(3, LogLevel.Warning, "{Difference}")]
    internal static partial void TierDiffers(ILogger logger, string difference);

    [LoggerMessage(4, LogLevel.Information, "What InfluxDB keeps how long can't be compared with the settings: {Error}")]
    internal static partial void TiersUnknown(ILogger logger, string error);
}
