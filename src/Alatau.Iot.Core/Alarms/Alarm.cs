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

    /// <summary>When shelving ends by itself; <see cref="Instant.MaxValue"/> when it isn't shelved.</summary>
    public Instant ShelvedUntil { get; set; } = Instant.MaxValue;

    /// <summary>Value that made the process abnormal last.</summary>
    public double? Value { get; set; }

    /// <summary>Its latest step; never null once the alarm is visible.</summary>
    public AlarmTransition? Last { get; set; }

    public AlarmView? View() => Last is { } last
        ? new AlarmView(last.AlarmId, last.Asset, last.Rule, last.Title, last.Severity, State, RaisedAt, last.At, Value, last.By, last.Why) { ShelvedUntil = ShelvedUntil == Instant.MaxValue ? null : ShelvedUntil }
        : null;
}
