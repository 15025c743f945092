using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Alarms.Assessment;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Live;

/// <summary>The alarm steps of the last thirty days, for the quality of alarms: those of the store and those seen since. Any thread reads; shards write only when a transition happened.</summary>
public sealed class AlarmRecord : IAssetUpdateSink
{
    /// <summary>How far back it reaches.</summary>
    public static readonly TimeSpan Reach = AlarmTargets.Base;

    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly HashSet<AlarmMoment> _moments = [];
    private readonly AlarmBook _book;
    private readonly TimeProvider _clock;
    private readonly int _capacity;
    private readonly int _operators;
    private readonly Dictionary<string, string> _rules = new(StringComparer.Ordinal);
    private Instant _began;
    private Instant _forgottenUpTo = Instant.MinValue;
    private AlarmQuality? _latest;
    private int _version;

    /// <param name="book">Knows alarms that have been open for longer than this reaches back.</param>
    public AlarmRecord(WebOptions options, AlarmBook book, TimeProvider clock) =>
        (_clock, _book, _capacity, _operators, _began) = (clock, book, options.QualitySteps, options.Operators, Instant.Now(clock));

    /// <summary>Whether the steps of the store have been read; before that only what was seen since the start counts.</summary>
    public bool IsWhole { get; private set; }

    public void OnUpdate(int shard, AssetUpdate update)
    {
        var transitions = update.Transitions;
        if (transitions.Count > 0)
        {
            lock (_gate)
            {
                for (int i = 0; i < transitions.Count; i++)
                {
                    Keep(transitions[i]);
                }
            }
        }
    }

    public void OnPause(int shard)
    {
    }

    /// <summary>Takes steps that the store has from before.</summary>
    /// <param name="isLast">Whether no older ones follow.</param>
    public void Add(IEnumerable<AlarmTransition> stored, bool isLast)
    {
        lock (_gate)
        {
            foreach (var step in stored)
            {
                Keep(step);
            }

            IsWhole |= isLast;
            _latest = null;
            _version++;
        }
    }

    /// <summary>The quality over the last <paramref name="span"/>, or over as much of it as there is data of.</summary>
    /// <param name="site">Null for the whole city.</param>
    public AlarmQuality Read(TimeSpan? span = null, string? site = null)
    {
        var now = Instant.Now(_clock);
        bool isWhole = span is null && site is null;
        AlarmMoment[] moments;
        Instant from;
        int version;
        lock (_gate)
        {
            if (isWhole && _latest is { } latest && now - latest.To < s_fresh && now >= latest.To)
            {
                return latest;
            }

            Forget(now);
            from = Instant.Max(Instant.Max(now - (span ?? Reach), _began), _forgottenUpTo);
            (moments, version) = ([.. _moments], _version);
        }

        // An alarm that has been open since before the span is active in it, though its raise is in no record any more.
        var since = _book.Open().Select(a => a.Last).Where(l => l.RaisedAt < from && (l.To is AlarmState.Unacknowledged or AlarmState.Acknowledged))
            .Select(l => new AlarmMoment(l.RaisedAt, l.Asset, l.Rule, l.Severity, AlarmState.Normal, AlarmState.Unacknowledged));
        moments = [.. since.Concat(moments).Where(m => site is null || m.Asset.Site == site)];
        var quality = AlarmQuality.Of(moments, from, now, _operators);
        if (isWhole)
        {
            lock (_gate)
            {
                _latest = version == _version ? quality : null;
            }
        }

        return quality;
    }

    private void Keep(AlarmTransition step)
    {
        // One text for each rule, however many steps the store tells of it.
        if (!_rules.TryGetValue(step.Rule, out string? rule))
        {
            _rules[step.Rule] = rule = step.Rule;
        }

        _moments.Add(AlarmMoment.Of(step) with { Rule = rule });
        _began = Instant.Min(_began, step.At);
    }

    /// <summary>Lets go what is too old and, past the bound, the oldest; the span judged is then as much shorter.</summary>
    private void Forget(Instant now)
    {
        _moments.RemoveWhere(m => m.At < now - Reach - AlarmTargets.Stale);
        if (_moments.Count > _capacity)
        {
            var oldest = _moments.Select(m => m.At).Order().ElementAt(_moments.Count - _capacity);
            _moments.RemoveWhere(m => m.At < oldest);
            _forgottenUpTo = Instant.Max(_forgottenUpTo, oldest);
        }
    }
}
