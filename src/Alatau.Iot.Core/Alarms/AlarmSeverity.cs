namespace Alatau.Iot.Core.Alarms;

/// <summary>How soon an operator has to act; the ladder of ISA-18.2.</summary>
public enum AlarmSeverity : byte
{
    Low = 1,
    Medium = 2,
    High = 3,
    Critical = 4,
}
