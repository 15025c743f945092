using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Runtime;

namespace Alatau.Iot.Web.Live;

/// <summary>The open alarms and the latest transitions, as the sinks saw them. Any thread reads; shards write only when a transition happened.</summary>
public sealed class AlarmBook : IAssetUpdateSink
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, OpenAlarm> _open = new(StringComparer.Ordinal);
    private readonly NumberedTransition[] _recent;
    private readonly List<EventQueue<NumberedTransition>> _listeners = [];
    private readonly int _capacity;
    private readonly int _queue;
    private OpenAlarm[]? _sorted = [];
    private IReadOnlyDictionary<AssetId, OpenAlarm>? _worst;
    private long _count;
    private long _unlisted;
    private long _version;

    /// <param name="options">Bounds.</param>
    public AlarmBook(WebOptions options) =>
        (_recent, _capacity, _queue) = (new NumberedTransition[options.RecentTransitions], options.OpenAlarms, options.StreamQueue);

    /// <summary>Grows with every transition.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Open alarms past the bound of the list.</summary>
    public long Unlisted => Interlocked.Read(ref _unlisted);

    /// <summary>Transitions seen since the process started.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Listeners of the stream.</summary>
    public int Listeners
    {
        get
        {
            lock (_gate)
            {
                return _listeners.Count;
            }
        }
    }

    public void OnUpdate(int shard, AssetUpdate update)
    {
        var transitions = update.Transitions;
        for (int i = 0; i < transitions.Count; i++)
        {
            Add(transitions[i]);
        }
    }

    public void OnPause(int shard)
    {
    }

    /// <summary>Takes a transition: from a shard, or from a store at the start for alarms that were open when the process ended.</summary>
    public void Add(AlarmTransition transition)
    {
        lock (_gate)
        {
            Fold(transition);
            var numbered = new NumberedTransition(++_count, transition);
            _recent[(_count - 1) % _recent.Length] = numbered;
            foreach (var listener in _listeners)
            {
                listener.Write(numbered);
            }

            _sorted = null;
            _worst = null;
            _version++;
        }
    }

    /// <summary>The open alarms: those that need acknowledgement first, then by severity, then the youngest first; those put aside at the end.</summary>
    public IReadOnlyList<OpenAlarm> Open()
    {
        lock (_gate)
        {
            return Sorted();
        }
    }

    /// <summary>For each asset with an open alarm that isn't put aside: the one that stands first in <see cref="Open"/>.</summary>
    public IReadOnlyDictionary<AssetId, OpenAlarm> WorstByAsset()
    {
        lock (_gate)
        {
            if (_worst is null)
            {
                var worst = new Dictionary<AssetId, OpenAlarm>();
                foreach (var alarm in Sorted())
                {
                    if (!alarm.IsAside)
                    {
                        worst.TryAdd(alarm.Last.Asset, alarm);
                    }
                }

                _worst = worst;
            }

            return _worst;
        }
    }

    /// <summary>One open alarm; null when there is none of that id.</summary>
    public OpenAlarm? Find(string alarmId)
    {
        lock (_gate)
        {
            return _open.GetValueOrDefault(alarmId);
        }
    }

    /// <summary>The latest transitions that <paramref name="wanted"/> takes, newest first.</summary>
    public IReadOnlyList<NumberedTransition> Recent(Func<AlarmTransition, bool> wanted, int limit)
    {
        lock (_gate)
        {
            var found = new List<NumberedTransition>();
            for (long number = _count; number > Math.Max(0, _count - _recent.Length) && found.Count < limit; number--)
            {
                var numbered = _recent[(number - 1) % _recent.Length];
                if (wanted(numbered.Transition))
                {
                    found.Add(numbered);
                }
            }

            return found;
        }
    }

    /// <summary>Begins to listen, with what happened after <paramref name="after"/> first; no transition is lost or doubled between the two.</summary>
    /// <param name="after">Number of the last transition known; null begins with the present.</param>
    /// <param name="missed">Transitions after it that the ring no longer has.</param>
    internal EventQueue<NumberedTransition> Listen(long? after, out IReadOnlyList<NumberedTransition> replay, out long missed)
    {
        lock (_gate)
        {
            var queue = new EventQueue<NumberedTransition>(_queue, _ => 1, Leave);
            long oldest = Math.Max(1, _count - _recent.Length + 1);
            long first = after is null ? _count + 1 : Math.Max(oldest, after.Value + 1);
            missed = after is null ? 0 : Math.Max(0, first - after.Value - 1);
            var held = new List<NumberedTransition>();
            for (long number = first; number <= _count; number++)
            {
                held.Add(_recent[(number - 1) % _recent.Length]);
            }

            replay = held;
            _listeners.Add(queue);
            return queue;
        }
    }

    private void Leave(EventQueue<NumberedTransition> queue)
    {
        lock (_gate)
        {
            _listeners.Remove(queue);
        }
    }

    private void Fold(AlarmTransition transition)
    {
        _open.TryGetValue(transition.AlarmId, out var before);
        if (transition.To == AlarmState.Normal)
        {
            if (!_open.Remove(transition.AlarmId) && transition.From != AlarmState.Normal && _unlisted > 0)
            {
                _unlisted--;
            }
        }
        else if (before is null && _open.Count >= _capacity)
        {
            _unlisted += transition.From == AlarmState.Normal ? 1 : 0;
        }
        else
        {
            _open[transition.AlarmId] = new OpenAlarm(transition, transition.Value ?? before?.Value, before is null || HasClimbed(transition) ? transition.Why : before.Cause);
        }
    }

    private static bool HasClimbed(AlarmTransition transition) =>
        transition is { To: AlarmState.Unacknowledged, From: AlarmState.Unacknowledged or AlarmState.Acknowledged };

    private OpenAlarm[] Sorted() => _sorted ??=
    [
        .. _open.Values
            .OrderBy(a => a.IsAside)
            .ThenBy(a => !a.NeedsAcknowledgement)
            .ThenByDescending(a => a.Last.Severity)
            .ThenByDescending(a => a.Last.RaisedAt)
            .ThenBy(a => a.Last.AlarmId, StringComparer.Ordinal),
    ];
}
