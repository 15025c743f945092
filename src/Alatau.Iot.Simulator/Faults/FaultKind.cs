namespace Alatau.Iot.Simulator.Faults;

/// <summary>What may go wrong with a simulated device.</summary>
public enum FaultKind
{
    /// <summary>Nothing is published; what was measured meanwhile is lost.</summary>
    Silent,

    /// <summary>Nothing is published meanwhile; everything is published at the end in one go, with its true times.</summary>
    Backlog,

    /// <summary>Each message is published twice, unchanged.</summary>
    Duplicate,

    /// <summary>Messages are published in groups of four, each group backwards.</summary>
    Reorder,

    /// <summary>The device's clock is ahead by the offset (behind when it is negative).</summary>
    ClockShift,

    /// <summary>Registers fall to 0 at the start and count on from there; the fault never ends.</summary>
    CounterReset,

    /// <summary>Every message repeats the values measured at the start, with new times.</summary>
    Stuck,

    /// <summary>The payload is cut in the middle: no valid JSON.</summary>
    Garbage,

    /// <summary>The first value is written as NaN, which is no JSON.</summary>
    NotANumber,

    /// <summary>The measurand is multiplied by the factor.</summary>
    Scaled,

    /// <summary>The sequence number starts at 1 again, as after a reboot.</summary>
    Restart,
}
