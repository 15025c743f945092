namespace Alatau.Iot.Notifications.Dispatching;

/// <summary>Leaves a peer alone that failed several times in a row: after a rest one attempt is let through, and only its success opens the way for all. Any thread.</summary>
/// <param name="failures">Failures in a row until it opens.</param>
/// <param name="rest">How long the peer is left alone.</param>
internal sealed class CircuitBreaker(int failures, TimeSpan rest)
{
    private readonly Lock _gate = new();
    private int _failures;
    private DateTimeOffset _restsUntil;

    /// <summary>Whether the peer is being left alone.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _failures >= failures;
            }
        }
    }

    /// <summary>Asks to try; zero lets the caller through, anything else is how long to wait before asking again.</summary>
    public TimeSpan Wait(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_failures < failures)
            {
                return TimeSpan.Zero;
            }

            if (now < _restsUntil)
            {
                return _restsUntil - now;
            }

            // The one that tries for all; the others wait for its outcome.
            _restsUntil = now + rest;
            return TimeSpan.Zero;
        }
    }

    /// <summary>The peer answered, whatever it said.</summary>
    public void Answered()
    {
        lock (_gate)
        {
            _failures = 0;
        }
    }

    public void Failed(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (++_failures >= failures)
            {
                _restsUntil = now + rest;
            }
        }
    }
}
