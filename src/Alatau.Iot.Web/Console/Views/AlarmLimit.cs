using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>A limit of a rule as it holds for one asset.</summary>
/// <param name="At">Where the alarm is raised, in the measurand's canonical unit.</param>
/// <param name="ReturnsAt">Past which it returns to normal; equal to <paramref name="At"/> without a deadband.</param>
public sealed record AlarmLimit(AlarmRule Rule, bool IsHigh, double At, double ReturnsAt)
{
    /// <summary>Null when the asset lacks the rating that the limit is a share of.</summary>
    public static AlarmLimit? Of(AlarmRule rule, ThresholdCondition condition, Asset asset)
    {
        double? factor = condition.IsShareOfRating ? asset.RatedPowerWatts : 1;
        return factor is not { } f || f <= 0
            ? null
            : new AlarmLimit(rule, condition.IsHigh, condition.Limit * f, (condition.Limit + (condition.IsHigh ? -condition.Deadband : condition.Deadband)) * f);
    }
}
