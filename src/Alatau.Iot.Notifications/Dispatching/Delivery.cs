using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Notifications.Dispatching;

/// <summary>One notification on its way to one target. Its lane moves it on; any thread may look.</summary>
internal sealed class Delivery(long number, Notification notification, string means, string target)
{
    private readonly Lock _gate = new();
    private DeliveryState _state;
    private Instant _since = notification.At;
    private Instant? _triedAt;
    private Instant? _nextAt;
    private int _attempts;
    private string? _problem;
    private string _answer = "";

    public long Number => number;

    public Notification Notification => notification;

    public string Means => means;

    public string Target => target;

    public DeliveryState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>Failed attempts since it was made or sent again.</summary>
    public int Attempts
    {
        get
        {
            lock (_gate)
            {
                return _attempts;
            }
        }
    }

    /// <summary>When it was made, or a person sent it again.</summary>
    public Instant Since
    {
        get
        {
            lock (_gate)
            {
                return _since;
            }
        }
    }

    public DeliveryView View()
    {
        lock (_gate)
        {
            return new DeliveryView(
                number,
                notification.Key,
                notification.Subscription,
                means,
                target,
                notification.Kind,
                notification.Title,
                [.. notification.Transitions.Select(t => t.AlarmId).Distinct(StringComparer.Ordinal)],
                _state,
                notification.At,
                _attempts,
                _triedAt,
                _nextAt,
                _problem,
                _answer);
        }
    }

    /// <summary>The target has it.</summary>
    public void Deliver(Instant at, string answer)
    {
        lock (_gate)
        {
            (_state, _triedAt, _nextAt, _answer) = (DeliveryState.Delivered, at, null, answer);
            _attempts++;
        }
    }

    /// <summary>An attempt failed; another follows.</summary>
    public void Fail(Instant at, Instant next, string problem)
    {
        lock (_gate)
        {
            (_triedAt, _nextAt, _problem) = (at, next, problem);
            _attempts++;
        }
    }

    /// <summary>It waits for a peer that is left alone.</summary>
    public void Rest(Instant next)
    {
        lock (_gate)
        {
            _nextAt = next;
        }
    }

    /// <summary>It is given up.</summary>
    /// <param name="triedAt">The attempt that led to it; null when there was none.</param>
    public void GiveUp(Instant? triedAt, string problem)
    {
        lock (_gate)
        {
            (_state, _nextAt, _problem) = (DeliveryState.DeadLetter, null, problem);
            _attempts += triedAt is null ? 0 : 1;
            _triedAt = triedAt ?? _triedAt;
        }
    }

    /// <summary>A person sends a dead letter again.</summary>
    /// <returns>False when it is none.</returns>
    public bool Revive(Instant now)
    {
        lock (_gate)
        {
            if (_state != DeliveryState.DeadLetter)
            {
                return false;
            }

            (_state, _since, _attempts, _nextAt) = (DeliveryState.Waiting, now, 0, null);
            return true;
        }
    }

    /// <summary>As it was written.</summary>
    public void Restore(DeliveryState state, int attempts, Instant? triedAt, string? problem, string answer)
    {
        lock (_gate)
        {
            (_state, _attempts, _triedAt, _problem, _answer) = (state, attempts, triedAt, problem, answer);
        }
    }
}
