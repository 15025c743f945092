using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms;

/// <summary>One alarm of one asset that is not normal. Owned by its asset.</summary>
internal sealed class Alarm
{
    public AlarmState State { get; set; }

    public Instant RaisedAt { get; set; }

    /// <summary>Whether the process is abnormal, also while the alarm is put aside.</summary>
    public bool IsAbnormal { get; set; }

    /// <summary>When shelving, or what is left of an outage's suppression, ends by itself; <see cref="Instant.MaxValue"/> for never.</summary>
    public Instant AsideUntil { get; set; } = Instant.MaxValue;

    /// <summary>The place whose outage suppresses it, as <c>site/asset</c>; null when none does.</summary>
    public string? SuppressedBy { get; set; }

    /// <summary>Whether it was never in a state that is told: suppressed from the first.</summary>
    public bool IsQuiet { get; set; } = true;

    /// <summary>When the process became abnormal last. An outage's start; of other alarms it isn't kept.</summary>
    public Instant Since { get; set; }

    /// <summary>Value that made the process abnormal last.</summary>
    public double? Value { get; set; }

    /// <summary>Its latest step; never null once the alarm is visible.</summary>
    public AlarmTransition? Last { get; set; }

    public AlarmView? View() => Last is { } last
        ? new AlarmView(last.AlarmId, last.Asset, last.Rule, last.Title, last.Severity, State, RaisedAt, last.At, Value, last.By, last.Why)
        {
            ShelvedUntil = State != AlarmState.Shelved || AsideUntil == Instant.MaxValue ? null : AsideUntil,
            IsQuiet = IsQuiet,
            SuppressedBy = SuppressedBy,
        }
        : null;
}
