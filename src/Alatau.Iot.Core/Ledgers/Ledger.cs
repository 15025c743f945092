namespace Alatau.Iot.Core.Ledgers;

/// <summary>The account of every message, by the route it came in on. Any thread may write and read.</summary>
public sealed class Ledger
{
    /// <summary>Most routes there can be.</summary>
    public const int MaximumRoutes = 16;

    /// <summary>Route of what the platform says of itself: no message of anybody, in no account.</summary>
    public const byte Apart = byte.MaxValue;

    private readonly Lock _gate = new();
    private readonly List<string> _names = [];
    private readonly StripedCounter[] _received = Counters();
    private readonly StripedCounter[] _stored = Counters();
    private readonly StripedCounter[] _duplicate = Counters();
    private readonly StripedCounter[] _quarantined = Counters();

    /// <summary>Names of the routes, by index.</summary>
    public IReadOnlyList<string> Routes
    {
        get
        {
            lock (_gate)
            {
                return [.. _names];
            }
        }
    }

    /// <summary>Opens a route, or finds the one of that name.</summary>
    /// <exception cref="InvalidOperationException">There are <see cref="MaximumRoutes"/> already.</exception>
    public byte Route(string name)
    {
        lock (_gate)
        {
            int index = _names.IndexOf(name);
            if (index < 0)
            {
                if (_names.Count == MaximumRoutes)
                {
                    throw new InvalidOperationException($"More than {MaximumRoutes} routes.");
                }

                index = _names.Count;
                _names.Add(name);
            }

            return (byte)index;
        }
    }

    public void Received(byte route, long messages = 1)
    {
        if (route != Apart)
        {
            _received[route].Add(messages);
        }
    }

    public void Stored(byte route, long messages = 1) => _stored[route].Add(messages);

    public void Duplicate(byte route, long messages = 1) => _duplicate[route].Add(messages);

    public void Quarantined(byte route, long messages = 1) => _quarantined[route].Add(messages);

    /// <summary>Sets the account of one route to what a checkpoint remembered; at the start, before anything is counted.</summary>
    /// <param name="stored">Messages a store has acknowledged: those decided as stored, without those that still wait in an outbox. May be negative for as long as an outbox holds
    /// messages that came after the checkpoint: a replay and the outbox's drain each count them once.</param>
    public void Restore(string route, long received, long stored, long duplicate, long quarantined)
    {
        byte index = Route(route);
        _received[index].Set(received);
        _stored[index].Set(stored);
        _duplicate[index].Set(duplicate);
        _quarantined[index].Set(quarantined);
    }

    /// <summary>The account of one route. What leaves the road is read before what enters it, so that waiting is never negative.</summary>
    public LedgerEntry Read(byte route)
    {
        long stored = _stored[route].Value;
        long duplicate = _duplicate[route].Value;
        long quarantined = _quarantined[route].Value;
        long received = _received[route].Value;
        return new LedgerEntry(received, stored, duplicate, quarantined, received - stored - duplicate - quarantined);
    }

    /// <summary>The account of all routes together.</summary>
    public LedgerEntry Total()
    {
        var total = default(LedgerEntry);
        for (byte route = 0; route < Routes.Count; route++)
        {
            var entry = Read(route);
            total = new LedgerEntry(total.Received + entry.Received, total.Stored + entry.Stored, total.Duplicate + entry.Duplicate, total.Quarantined + entry.Quarantined, total.Waiting + entry.Waiting);
        }

        return total;
    }

    private static StripedCounter[] Counters() => [.. Enumerable.Range(0, MaximumRoutes).Select(_ => new StripedCounter())];
}
