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

/// <summary>How far one watched measurand is on its way to an alarm.</summary>
internal struct WatcherState
{
    /// <summary>MeasuredAt of the reading that began the unbroken run beyond the limit; meaningful when <see cref="IsPending"/>.</summary>
    public Instant Since;
    public bool IsPending;

    /// <summary>Beyond the limit for the whole on-delay and not yet back inside the deadband.</summary>
    public bool HasTripped;
}
