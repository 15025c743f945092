namespace Alatau.Iot.Storage.Influx.Setup;

/// <summary>One finding of <see cref="InfluxSetup"/>.</summary>
/// <param name="Text">What is so, differs or was mended, with the cure; one line.</param>
/// <param name="IsWell">Whether it is as the settings want it, now.</param>
public sealed record InfluxSetupLine(string Text, bool IsWell);
