namespace Alatau.Iot.Core.Readings;

/// <summary>How far a value may be trusted; ordered, so that the worst of several is the largest.</summary>
public enum Quality : byte
{
    /// <summary>Measured and valid.</summary>
    Good = 0,

    /// <summary>Not measured: derived by a rule that its source names.</summary>
    Estimated = 1,

    /// <summary>Measured, but the device, the platform or its age casts doubt on it (a retained message, a device that is offline).</summary>
    Uncertain = 2,

    /// <summary>Not usable: out of range, not a number, or marked invalid by the device. Kept, never aggregated.</summary>
    Bad = 3,
}
