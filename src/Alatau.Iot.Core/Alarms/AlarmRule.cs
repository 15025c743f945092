using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Core.Alarms;

/// <summary>A condition with a name and a severity, and the assets it is meant for.</summary>
/// <param name="Name">Kebab-case; the folder's name under devices/alarm-rules, and the last level of the alarm's topic.</param>
/// <param name="Title">What an operator reads.</param>
/// <param name="Severity">How soon to act; of a ladder the severity of its mildest limit.</param>
/// <param name="Condition">When the process is abnormal.</param>
public sealed record AlarmRule(string Name, string Title, AlarmSeverity Severity, AlarmCondition Condition)
{
    /// <summary>Kinds it applies to; empty means all.</summary>
    public IReadOnlyList<AssetKind> Kinds { get; init; } = [];

    /// <summary>What an operator should do; may be empty.</summary>
    public string Advice { get; init; } = "";

    public bool AppliesTo(Asset asset) => Kinds.Count == 0 || Kinds.Contains(asset.Kind);
}
