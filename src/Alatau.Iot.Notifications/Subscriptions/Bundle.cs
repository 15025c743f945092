using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Notifications.Subscriptions;

/// <summary>Steps held back to be told together. Past its bound they are counted instead of listed: none is lost in silence.</summary>
internal sealed class Bundle
{
    /// <summary>Steps listed in full.</summary>
    public const int Capacity = 2000;

    private readonly List<AlarmTransition> _listed = [];

    public IReadOnlyList<AlarmTransition> Listed => _listed;

    /// <summary>Steps counted only.</summary>
    public int More { get; private set; }

    /// <summary>When the first was put in; meaningful unless empty.</summary>
    public Instant Since { get; private set; }

    /// <summary>The highest severity among all that was put in; meaningful unless empty.</summary>
    public AlarmSeverity Worst { get; private set; }

    public int Count => _listed.Count + More;

    public bool IsEmpty => _listed.Count == 0;

    public void Add(AlarmTransition step, Instant now)
    {
        if (IsEmpty)
        {
            (Since, Worst) = (now, step.Severity);
        }

        Worst = step.Severity > Worst ? step.Severity : Worst;

        if (_listed.Count < Capacity)
        {
            _listed.Add(step);
        }
        else
        {
            More++;
        }
    }

    public void Clear()
    {
        _listed.Clear();
        More = 0;
    }

    /// <summary>As it was written.</summary>
    public void Restore(IEnumerable<AlarmTransition> listed, int more, Instant since)
    {
        Clear();
        _listed.AddRange(listed.Take(Capacity));
        (More, Since, Worst) = (more, since, _listed.Select(s => s.Severity).DefaultIfEmpty().Max());
    }
}
