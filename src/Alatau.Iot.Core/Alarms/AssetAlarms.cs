using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms;

/// <summary>What the rules know of one asset; made when the first of them is past its limit, given up when all are normal again.</summary>
internal sealed class AssetAlarms(int rules, int watchers)
{
    /// <summary>Alarms that are not normal, by rule of the plan; null for normal.</summary>
    public Alarm?[] Open { get; } = new Alarm?[rules];

    public WatcherState[] Watchers { get; } = new WatcherState[watchers];

    /// <summary>Whether nothing in it differs from an asset that never had an alarm.</summary>
    public bool IsEmpty
    {
        get
        {
            foreach (var alarm in Open)
            {
                if (alarm is not null)
                {
                    return false;
                }
            }

            foreach (ref readonly var watcher in Watchers.AsSpan())
            {
                if (watcher.IsPending || watcher.HasTripped)
                {
                    return false;
                }
            }

            return true;
        }
    }
}

/// <summary>How far one watched limit is on its way to an alarm, or back.</summary>
internal struct WatcherState
{
    /// <summary>Event time at which the unbroken run began that a delay measures; meaningful when <see cref="IsPending"/>.</summary>
    public Instant Since;

    /// <summary>A delay runs: beyond the limit before it has tripped, inside limit and deadband after it.</summary>
    public bool IsPending;

    /// <summary>Beyond the limit for the whole on-delay and not yet back inside the deadband for the whole off-delay.</summary>
    public bool HasTripped;

    private const byte Pending = 1;
    private const byte Tripped = 2;

    public readonly void Write(ref StateWriter writer)
    {
        writer.Byte((byte)((IsPending ? Pending : 0) | (HasTripped ? Tripped : 0)));
        writer.Instant(Since);
    }

    public static WatcherState Read(ref StateReader reader)
    {
        byte flags = reader.Byte(Pending | Tripped);
        return new WatcherState { IsPending = (flags & Pending) != 0, HasTripped = (flags & Tripped) != 0, Since = reader.Instant() };
    }
}
