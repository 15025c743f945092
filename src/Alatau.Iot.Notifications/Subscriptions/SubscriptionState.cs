using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Notifications.Subscriptions;

/// <summary>What one subscription remembers between two steps. One owner: its runner.</summary>
internal sealed class SubscriptionState
{
    /// <summary>Steps known, so that a replay after a restart tells nothing twice.</summary>
    private const int KnownCapacity = 4096;

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Queue<string> _knownOrder = new();

    /// <summary>Held back by quiet hours or for a digest.</summary>
    public Bundle Held { get; } = new();

    /// <summary>Held back by the rate limit.</summary>
    public Bundle Overflow { get; } = new();

    /// <summary>Alarms that wait for an acknowledgement.</summary>
    public Dictionary<(AssetId Asset, string Rule), Pursuit> Pursuits { get; } = [];

    /// <summary>When notifications were made, oldest first, as far back as the rate limit looks.</summary>
    public Queue<Instant> Made { get; } = new();

    /// <summary>Steps that came while the subscription was off duty.</summary>
    public long OffDuty { get; set; }

    /// <summary>Alarms that could not be followed for want of room.</summary>
    public long Unfollowed { get; set; }

    public IEnumerable<string> Known => _knownOrder;

    /// <summary>False when the step was seen before.</summary>
    public bool Meet(string key)
    {
        if (!_known.Add(key))
        {
            return false;
        }

        _knownOrder.Enqueue(key);
        if (_knownOrder.Count > KnownCapacity)
        {
            _known.Remove(_knownOrder.Dequeue());
        }

        return true;
    }
}
