using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;
using Alatau.Iot.Simulator.Faults;

namespace Alatau.Iot.Simulator.Playing;

/// <summary>A fault of one device, bound to the instants of this play. Owned by the player's thread.</summary>
internal sealed class TimedFault(Fault fault, Instant start)
{
    private Instant? begin = fault.CountsFromLive ? null : start + fault.From;

    internal FaultKind Kind => fault.Kind;

    internal TimeSpan Offset => fault.Offset;

    internal bool IsActive { get; private set; }

    /// <summary>Tells a fault that counts from the moment of being live when that was.</summary>
    internal void WentLive(Instant live)
    {
        if (fault.CountsFromLive)
            begin ??= live + fault.From;
    }

    /// <summary>Goes to a moment; true when the fault begins with it.</summary>
    internal bool Enters(Instant now)
    {
        var wasActive = IsActive;
        IsActive = begin is { } from && now >= from && now - from < fault.Span;
        return IsActive && !wasActive;
    }

    /// <summary>Multiplies the fault's measurand, and every phase of it.</summary>
    internal void Scale(ReadingLayout layout, double[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var name = layout.Names[i].AsSpan();
            if (name.StartsWith(fault.Measurand, StringComparison.Ordinal) && (name.Length == fault.Measurand!.Length || name[fault.Measurand.Length] == '.'))
                values[i] *= fault.Factor;
        }
    }
}
