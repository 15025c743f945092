using Alatau.Iot.Simulator.Faults;

namespace Alatau.Iot.Simulator.Playing;

/// <summary>The kinds of faults that strike one message, one bit each.</summary>
[Flags]
internal enum FaultSet
{
    None = 0,
    Silent = 1 << FaultKind.Silent,
    Backlog = 1 << FaultKind.Backlog,
    Duplicate = 1 << FaultKind.Duplicate,
    Reorder = 1 << FaultKind.Reorder,
    Garbage = 1 << FaultKind.Garbage,
    NotANumber = 1 << FaultKind.NotANumber,
}
