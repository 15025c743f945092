using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Engine;

/// <summary>What time alone brings about in the shard.</summary>
/// <remarks>
/// Windows close when their time has come. Alarms that time alone moves (silence, the end of shelving) do so only at a step that stands in the journal among the messages, so that a replay finds the same alarms and no
/// others: until it comes they are due. Without a listening log they are judged at once.
/// </remarks>
#pragma warning disable CA1001 // As in Shard.cs.
internal sealed partial class Shard
#pragma warning restore CA1001
{
    private readonly HashSet<int> _due = [];

    /// <summary>The platform listened up to <paramref name="at"/>: judges the alarms that are due by then.</summary>
    public void JudgeTime(Instant at)
    {
        FollowReplay(at);
        AdvanceWheel(TickOf(at), at);
        long tick = TickOf(at);
        foreach (int position in _due.ToArray())
        {
            var state = _states[position]!;
            var due = _processor.NextAlarmDeadline(state);
            if (due < Instant.MaxValue && TickOf(due) + 1 <= tick)
            {
                _checkpoint?.BeforeChange(position, state);
                Publish(_processor.Tick(state, at));
            }
            else if (due <= at)
            {
                continue;
            }

            _due.Remove(position);
            Arm(position, _processor.NextDeadline(state));
        }
    }

    private void AdvanceWheel()
    {
        var now = Now;
        AdvanceWheel(TickOf(now), now);
    }

    private void AdvanceWheel(long tick, Instant now)
    {
        if (tick <= _wheel.Now)
        {
            return;
        }

        _wheel.Advance(tick, _expired);
        foreach (int position in _expired)
        {
            var state = _states[position]!;
            var deadline = _processor.NextDeadline(state);
            if (deadline <= now)
            {
                bool waits = _listening is not null && _processor.NextAlarmDeadline(state) <= now;
                _checkpoint?.BeforeChange(position, state);
                var update = waits ? _processor.TickWindows(state, now) : _processor.Tick(state, now);
                Publish(update);
                deadline = update.NextDeadline;
                if (waits)
                {
                    _due.Add(position);
                }
            }

            Arm(position, deadline);
        }

        _expired.Clear();
        Figures.Deadlines = _wheel.Count;
        if (_due.Count > 0 && !_isReplaying)
        {
            _listening!.Ask(now);
        }
    }

    /// <summary>Deadlines have moved: what was due may not be any more.</summary>
    private void ForgetDue()
    {
        foreach (int position in _due)
        {
            Arm(position, _processor.NextDeadline(_states[position]!));
        }

        _due.Clear();
    }
}
