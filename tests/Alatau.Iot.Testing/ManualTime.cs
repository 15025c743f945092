namespace Alatau.Iot.Testing;

/// <summary>A clock that stands still until a test moves it; timers fire during the move, in order of their due time, each seeing its own due time as the present.</summary>
/// <remarks>Any thread may read it and create timers; one test thread at a time moves it. Timer callbacks run on the moving thread.</remarks>
public sealed class ManualTime : TimeProvider
{
    /// <summary>Where the clock stands when a test names no start: 2026-11-22T05:00:00Z.</summary>
    public static readonly DateTimeOffset DefaultStart = new(2026, 11, 22, 5, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly long _startTicks;
    private long _nowTicks;
    private long _order;

    public ManualTime(DateTimeOffset? start = null)
    {
        _startTicks = (start ?? DefaultStart).UtcTicks;
        _nowTicks = _startTicks;
    }

    /// <summary>Timers that are waiting for their due time.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count(t => t.DueTicks != long.MaxValue);
            }
        }
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _nowTicks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _nowTicks) - _startTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock forward and fires what falls due on the way.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is negative; use <see cref="Step"/> to put a clock back.</exception>
    public void Advance(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        long target = Interlocked.Read(ref _nowTicks) + span.Ticks;
        while (NextDue(target) is { } timer)
        {
            timer.Fire();
        }

        Interlocked.Exchange(ref _nowTicks, target);
    }

    /// <summary>Moves the clock to a later instant.</summary>
    public void AdvanceTo(DateTimeOffset time) => Advance(time - GetUtcNow());

    /// <summary>Sets the clock by a jump, back or forward, without firing anything: what a correction of the machine's clock does.</summary>
    public void Step(TimeSpan span) => Interlocked.Add(ref _nowTicks, span.Ticks);

    private ManualTimer? NextDue(long target)
    {
        lock (_gate)
        {
            ManualTimer? next = null;
            foreach (var timer in _timers)
            {
                if (timer.DueTicks <= target && (next is null || timer.DueTicks < next.DueTicks || (timer.DueTicks == next.DueTicks && timer.Order < next.Order)))
                {
                    next = timer;
                }
            }

            if (next is not null)
            {
                Interlocked.Exchange(ref _nowTicks, Math.Max(_nowTicks, next.DueTicks));
                next.DueTicks = next.PeriodTicks > 0 ? next.DueTicks + next.PeriodTicks : long.MaxValue;
                next.Order = ++_order;
            }

            return next;
        }
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public long DueTicks { get; set; } = long.MaxValue;

        public long PeriodTicks { get; private set; }

        public long Order { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                if (!time._timers.Contains(this))
                {
                    return false;
                }

                PeriodTicks = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
                DueTicks = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : Interlocked.Read(ref time._nowTicks) + dueTime.Ticks;
                Order = ++time._order;
            }

            if (dueTime == TimeSpan.Zero)
            {
                // What System.Threading.Timer does at once must not wait for the next move.
                lock (time._gate)
                {
                    DueTicks = PeriodTicks > 0 ? Interlocked.Read(ref time._nowTicks) + PeriodTicks : long.MaxValue;
                }

                Fire();
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
