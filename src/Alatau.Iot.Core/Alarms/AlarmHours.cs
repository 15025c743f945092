using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms;

/// <summary>Hours that a rule names, numbered within the rule set so that a judge finds what it knows of them by index.</summary>
internal sealed record AlarmHours(int Index, IReadOnlyList<WeeklyStretch> Stretches)
{
    /// <summary>For people.</summary>
    public string Text => string.Join(" and ", Stretches);
}
