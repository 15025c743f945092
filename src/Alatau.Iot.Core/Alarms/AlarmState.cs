namespace Alatau.Iot.Core.Alarms;

/// <summary>States of an alarm by ISA-18.2 / IEC 62682.</summary>
public enum AlarmState : byte
{
    /// <summary>The process is normal and everything was acknowledged.</summary>
    Normal = 0,

    /// <summary>The process is abnormal, nobody has acknowledged it.</summary>
    Unacknowledged = 1,

    /// <summary>The process is abnormal, and somebody has acknowledged it.</summary>
    Acknowledged = 2,

    /// <summary>The process returned to normal before anybody acknowledged the alarm.</summary>
    ReturnedUnacknowledged = 3,

    /// <summary>Put aside by a person for a limited time.</summary>
    Shelved = 4,

    /// <summary>Held down by a rule, for example by the outage of the feeder above.</summary>
    SuppressedByDesign = 5,

    /// <summary>Taken out of service by a person until put back.</summary>
    OutOfService = 6,
}
