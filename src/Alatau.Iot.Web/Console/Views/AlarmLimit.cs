using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>A limit of a rule as it holds for one asset.</summary>
/// <param name="At">Where the alarm is raised, in the measurand's canonical unit.</param>
/// <param name="ReturnsAt">Past which it returns to normal; equal to <paramref name="At"/> without a deadband.</param>
public sealed record AlarmLimit(AlarmRule Rule, bool IsHigh, double At, double ReturnsAt)
{
    /// <summary>Null when the asset lacks what the limit is a share of.</summary>
    public static AlarmLimit? Of(AlarmRule rule, bool isHigh, AlarmRung rung, Asset asset) => rung.At.For(asset) is { } at && rung.Deadband.For(asset) is { } deadband
        ? new AlarmLimit(rule, isHigh, at, at + (isHigh ? -deadband : deadband))
        : null;
}
