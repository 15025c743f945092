using System.Globalization;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>A threshold on active power that the numbered values cross.</summary>
internal sealed record TortureRule(string Name, bool IsHigh, double Limit, double Deadband, int DelaySeconds);

/// <summary>The rules of the run, as a person would write them into devices/alarm-rules.</summary>
internal static class TortureRules
{
    /// <summary>An asset without a known interval: a longer gap starts a delay anew.</summary>
    public const long GapMilliseconds = 300_000;

    public static readonly TortureRule[] All =
    [
        new("torture-high", true, 1500, 200, 0),
        new("torture-low", false, 100, 60, 0),
        new("torture-long", true, 1000, 50, 90),
    ];

    public static void AddTo(DevicesCopy devices)
    {
        // The numbers lie hours back and the platform's clock is stepped on purpose: every device's clock looks wrong.
        Directory.Delete(devices.Of("alarm-rules/clock-ahead"), recursive: true);
        Directory.Delete(devices.Of("alarm-rules/clock-behind"), recursive: true);
        foreach (var rule in All)
        {
            string limit = string.Create(CultureInfo.InvariantCulture, $"\"{(rule.IsHigh ? "high" : "low")}\": {rule.Limit}");
            string delay = rule.DelaySeconds > 0 ? string.Create(CultureInfo.InvariantCulture, $", \"onDelay\": \"{rule.DelaySeconds}s\"") : "";
            devices.Add($"alarm-rules/{rule.Name}/rule.json", string.Create(CultureInfo.InvariantCulture, $$"""
                {
                  "title": "{{rule.Name}}",
                  "severity": "low",
                  "condition": { "type": "threshold", "measurand": "activePower", "unit": "W", {{limit}}, "deadband": {{rule.Deadband}}{{delay}} }
                }
                """));
        }
    }
}
