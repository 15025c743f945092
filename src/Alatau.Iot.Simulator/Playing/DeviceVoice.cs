using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;
using Alatau.Iot.Simulator.Dialects;
using Alatau.Iot.Simulator.Faults;
using Alatau.Iot.Simulator.Truth;

namespace Alatau.Iot.Simulator.Playing;

/// <summary>Turns a device's values into messages, with what goes wrong on the way, and remembers what was really said. Owned by the player's thread.</summary>
internal sealed class DeviceVoice
{
    /// <summary>Messages in a group that is published backwards.</summary>
    private const int ReorderGroup = 4;

    private readonly ReadingLayout layout;
    private readonly Dialect dialect;
    private readonly List<TimedFault> faults;
    private readonly List<byte[]> held = [];
    private readonly double[] altered;
    private readonly double[] said;
    private readonly double[] resetBy;
    private double[]? frozen;
    private long sequence;

    internal DeviceVoice(AssetId asset, ReadingLayout layout, Dialect dialect, IEnumerable<TimedFault> faults)
    {
        this.layout = layout;
        this.dialect = dialect;
        this.faults = [.. faults];
        altered = new double[layout.Count];
        said = new double[layout.Count];
        resetBy = new double[layout.Count];
        Truth = new AssetTruth(asset, layout);
    }

    internal AssetTruth Truth { get; }

    internal string Topic => dialect.Topic;

    /// <summary>Says the values of a moment: publishes nothing, one message, or several.</summary>
    /// <returns>Messages handed over.</returns>
    internal async ValueTask<int> SayAsync(double[] values, Instant now, PayloadWriter payload, IDeviceLink link, CancellationToken cancellation)
    {
        sequence++;
        if (faults.Count > 0)
            return await SayWithFaultsAsync(values, now, payload, link, cancellation);

        Write(values, now, payload);
        await link.PublishAsync(payload.WrittenMemory, cancellation);
        Truth.AddMessage(now, said, isClockShifted: false);
        return 1;
    }

    /// <summary>Publishes what is still held back, at the end of the play.</summary>
    internal ValueTask<int> FinishAsync(IDeviceLink link, CancellationToken cancellation) => ReleaseAsync(link, cancellation);

    private void Write(double[] values, Instant stamp, PayloadWriter payload)
    {
        payload.Clear();
        dialect.Write(payload, layout, values, stamp, sequence, said);
    }

    private async ValueTask<int> SayWithFaultsAsync(double[] values, Instant now, PayloadWriter payload, IDeviceLink link, CancellationToken cancellation)
    {
        var stamp = now;
        values.CopyTo(altered, 0);
        var active = FaultSet.None;
        foreach (var fault in faults)
        {
            var isFirst = fault.Enters(now);
            if (!fault.IsActive)
            {
                if (fault.Kind == FaultKind.Stuck)
                    frozen = null;
                continue;
            }

            active |= (FaultSet)(1 << (int)fault.Kind);
            if (fault.Kind == FaultKind.Restart && isFirst)
                sequence = 1;
            if (fault.Kind == FaultKind.ClockShift)
                stamp += fault.Offset;
            if (fault.Kind == FaultKind.CounterReset && isFirst)
                ResetCounters(values);
            if (fault.Kind == FaultKind.Stuck)
                frozen ??= (double[])values.Clone();
            if (fault.Kind == FaultKind.Scaled)
                fault.Scale(layout, altered);
        }

        if (frozen is not null)
            frozen.CopyTo(altered, 0);
        for (var i = 0; i < altered.Length; i++)
            altered[i] -= resetBy[i];

        if (active.HasFlag(FaultSet.Silent))
        {
            Truth.AddWithheld();
            return 0;
        }

        Write(altered, stamp, payload);
        if (active.HasFlag(FaultSet.Garbage))
            payload.CutTo(payload.Length / 2);
        if (active.HasFlag(FaultSet.NotANumber))
            SpoilNumber(payload);
        var sent = await SendAsync(active, payload.WrittenMemory, link, cancellation);
        if ((active & (FaultSet.Garbage | FaultSet.NotANumber)) != FaultSet.None)
            Truth.AddBroken();
        else
            Truth.AddMessage(stamp, said, stamp != now);
        return sent;
    }

    private async ValueTask<int> SendAsync(FaultSet active, ReadOnlyMemory<byte> message, IDeviceLink link, CancellationToken cancellation)
    {
        var sent = 0;
        if (active.HasFlag(FaultSet.Backlog))
        {
            held.Add(message.ToArray());
            return 0;
        }

        if (active.HasFlag(FaultSet.Reorder))
        {
            held.Insert(0, message.ToArray());
            return held.Count < ReorderGroup ? 0 : await ReleaseAsync(link, cancellation);
        }

        sent += await ReleaseAsync(link, cancellation);
        await link.PublishAsync(message, cancellation);
        sent++;
        if (active.HasFlag(FaultSet.Duplicate))
        {
            await link.PublishAsync(message, cancellation);
            Truth.AddDuplicate();
            sent++;
        }

        return sent;
    }

    private async ValueTask<int> ReleaseAsync(IDeviceLink link, CancellationToken cancellation)
    {
        var count = held.Count;
        foreach (var message in held)
            await link.PublishAsync(message, cancellation);
        held.Clear();
        return count;
    }

    /// <summary>Registers are what the canonical names call energy and volume.</summary>
    private void ResetCounters(double[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (layout.Names[i].StartsWith("energy", StringComparison.Ordinal) || layout.Names[i] == "volume")
                resetBy[i] = values[i];
        }
    }

    /// <summary>Writes NaN where the last number stood, as a careless printf does.</summary>
    private static void SpoilNumber(PayloadWriter payload)
    {
        var written = payload.Written;
        var colon = written.LastIndexOf((byte)':');
        Span<byte> tail = stackalloc byte[8];
        var end = written.Length;
        while (end > 0 && written[end - 1] == (byte)'}')
            end--;
        var length = written.Length - end;
        written[end..].CopyTo(tail);
        payload.CutTo(colon + 1);
        payload.Append("NaN"u8);
        payload.Append(tail[..length]);
    }
}
