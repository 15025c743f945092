using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms.Assessment;

/// <summary>Reckons the quality of alarms out of their steps, in one pass. Pure; used once.</summary>
internal sealed class AlarmReckoning(Instant from, Instant to, int operators)
{
    private const int Top = 10;

    private readonly Dictionary<(AssetId Asset, string Rule), Life> _lives = [];
    private readonly Dictionary<AlarmSeverity, int> _severities = [];
    private readonly List<Instant> _calls = [];
    private readonly List<(Instant At, int Change)> _stale = [];
    private TimeSpan _longestActive;
    private TimeSpan _longestUnacknowledged;

    public AlarmQuality Of(IEnumerable<AlarmMoment> marks)
    {
        foreach (var mark in marks.Where(m => m.At < to).OrderBy(m => m.At))
        {
            Take(in mark);
        }

        var stale = new List<StaleAlarm>();
        foreach (var ((asset, rule), life) in _lives)
        {
            if (life.ActiveSince is { } since && to - since > AlarmTargets.Stale)
            {
                stale.Add(new StaleAlarm(asset, rule, since));
            }

            EndActive(life, to);
            EndWaiting(life, to);
        }

        var (floods, maximum, current) = Floods();
        double periods = Math.Max(1, (to - from) / AlarmTargets.Period);
        int busy = _calls.GroupBy(c => c.UnixMilliseconds / (long)AlarmTargets.Period.TotalMilliseconds).Count(g => g.Count() > AlarmTargets.FloodAbove);
        var top = Tallies(l => l.Calls).Take(Top).ToList();
        return new AlarmQuality(from, to, operators)
        {
            Calls = _calls.Count,
            CurrentRate = current,
            MaximumRate = maximum,
            AverageRate = _calls.Count / periods / operators,
            BusyShare = Math.Min(1, busy / periods),
            Floods = floods,
            FloodShare = to > from ? floods.Sum(f => (f.To - f.From).TotalSeconds) / (to - from).TotalSeconds : 0,
            TopTen = top,
            TopTenShare = _calls.Count == 0 ? 0 : top.Sum(t => t.Count) / (double)_calls.Count,
            Chattering = [.. Tallies(l => l.Chattered)],
            Fleeting = [.. Tallies(l => l.Fleeting)],
            Stale = [.. stale.OrderBy(s => s.Since).ThenBy(s => s.Asset.ToString(), StringComparer.Ordinal)],
            MaximumStale = MaximumStale(),
            Severities = _severities,
            LongestActive = _longestActive,
            LongestUnacknowledged = _longestUnacknowledged,
        };
    }

    private void Take(in AlarmMoment mark)
    {
        var key = (mark.Asset, mark.Rule);
        if (!_lives.TryGetValue(key, out var life))
        {
            _lives[key] = life = new Life();
        }

        bool counts = mark.At >= from;
        if (mark.IsCall)
        {
            life.ActiveSince ??= mark.At;
            life.WaitingSince ??= mark.At;
            if (counts)
            {
                _calls.Add(mark.At);
                _severities[mark.Severity] = _severities.GetValueOrDefault(mark.Severity) + 1;
                life.Call(mark.At);
            }

            return;
        }

        if (mark.IsReturn)
        {
            life.Fleeting += counts && life.ActiveSince is { } since && mark.At - since < AlarmTargets.Fleeting ? 1 : 0;
            EndActive(life, mark.At);
        }

        if (mark.IsAside)
        {
            EndActive(life, mark.At);
        }

        if (mark.IsAside || mark.To is AlarmState.Acknowledged or AlarmState.Normal)
        {
            EndWaiting(life, mark.At);
        }
    }

    private void EndActive(Life life, Instant at)
    {
        if (life.ActiveSince is { } since)
        {
            var active = at - since;
            _longestActive = active > _longestActive ? active : _longestActive;
            if (active > AlarmTargets.Stale && at > from)
            {
                _stale.Add((since + AlarmTargets.Stale, 1));
                _stale.Add((at, -1));
            }
        }

        life.ActiveSince = null;
    }

    private void EndWaiting(Life life, Instant at)
    {
        if (life.WaitingSince is { } since && at - since > _longestUnacknowledged)
        {
            _longestUnacknowledged = at - since;
        }

        life.WaitingSince = null;
    }

    private int MaximumStale()
    {
        int present = 0;
        int most = 0;
        foreach (var (_, change) in _stale.OrderBy(s => s.At).ThenBy(s => s.Change))
        {
            present += change;
            most = Math.Max(most, present);
        }

        return most;
    }

    private (List<AlarmFlood> Floods, int Maximum, int Current) Floods()
    {
        var floods = new List<AlarmFlood>();
        var period = new Queue<Instant>();
        (Instant From, int Calls, int Peak)? flood = null;
        int maximum = 0;
        void Leave(Instant until)
        {
            while (period.TryPeek(out var oldest) && oldest + AlarmTargets.Period <= until)
            {
                period.Dequeue();
                if (flood is { } over && period.Count < AlarmTargets.FloodEndsBelow)
                {
                    floods.Add(new AlarmFlood(over.From, oldest + AlarmTargets.Period, over.Calls, over.Peak, IsOver: true));
                    flood = null;
                }
            }
        }

        foreach (var call in _calls)
        {
            Leave(call);
            period.Enqueue(call);
            maximum = Math.Max(maximum, period.Count);
            if (flood is { } on)
            {
                flood = (on.From, on.Calls + 1, Math.Max(on.Peak, period.Count));
            }
            else if (period.Count > AlarmTargets.FloodAbove)
            {
                flood = (call, period.Count, period.Count);
            }
        }

        Leave(to);
        if (flood is { } lasts)
        {
            floods.Add(new AlarmFlood(lasts.From, to, lasts.Calls, lasts.Peak, IsOver: false));
        }

        return (floods, maximum, period.Count);
    }

    private IEnumerable<AlarmTally> Tallies(Func<Life, int> count) => _lives
        .Select(l => new AlarmTally(l.Key.Asset, l.Key.Rule, count(l.Value)))
        .Where(t => t.Count > 0)
        .OrderByDescending(t => t.Count).ThenBy(t => t.Asset.ToString(), StringComparer.Ordinal).ThenBy(t => t.Rule, StringComparer.Ordinal);

    /// <summary>What is known of one alarm on the way.</summary>
    private sealed class Life
    {
        private readonly Queue<Instant> _recent = new();
        private int _chattering;

        public Instant? ActiveSince { get; set; }

        public Instant? WaitingSince { get; set; }

        public int Calls { get; private set; }

        /// <summary>Calls that were part of a chatter.</summary>
        public int Chattered { get; private set; }

        public int Fleeting { get; set; }

        public void Call(Instant at)
        {
            Calls++;
            while (_recent.TryPeek(out var oldest) && at - oldest > AlarmTargets.ChatterSpan)
            {
                _recent.Dequeue();
                _chattering = Math.Max(0, _chattering - 1);
            }

            _recent.Enqueue(at);
            if (_recent.Count >= AlarmTargets.ChatterCalls)
            {
                // All of the span chatter; those counted before aren't counted again.
                Chattered += _recent.Count - _chattering;
                _chattering = _recent.Count;
            }
        }
    }
}
