using System.Runtime.CompilerServices;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Alarms;

/// <summary>What a condition has to remember of one measurand of one asset between readings; made by the first of them, so that only assets with such a rule pay for it.</summary>
internal abstract class AlarmTrace
{
    /// <summary>Most bytes one takes when written.</summary>
    public const int MostBytes = 256;

    public abstract AlarmSourceKind Kind { get; }

    public abstract void Write(ref StateWriter writer);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <returns>Null when it is none.</returns>
    public static AlarmTrace? Read(AlarmSourceKind kind, ref StateReader reader)
    {
        AlarmTrace? trace = kind switch
        {
            AlarmSourceKind.Rate => new RateTrace(),
            AlarmSourceKind.Frozen => new FrozenTrace(),
            AlarmSourceKind.Window => new WindowTrace(),
            _ => null,
        };
        if (trace is null)
        {
            reader.Fail();
        }

        trace?.ReadFrom(ref reader);
        return reader.HasFailed ? null : trace;
    }

    protected abstract void ReadFrom(ref StateReader reader);
}

/// <summary>The lowest and highest value of each eighth of the span that a rate looks back.</summary>
internal sealed class RateTrace : AlarmTrace
{
    private const int Eighths = 8;

    private Values _low;
    private Values _high;
    private long _newest;
    private byte _held;

    public override AlarmSourceKind Kind => AlarmSourceKind.Rate;

    /// <summary>Takes a reading and answers its change against what came before it within the span; 0 when that is nothing.</summary>
    public double Take(Instant at, double value, RateCondition condition, bool isGap)
    {
        long eighth = at.UnixMilliseconds / Math.Max(1, (long)condition.Per.TotalMilliseconds / Eighths);
        long passed = eighth - _newest;
        if (isGap || passed >= Eighths || passed < 0)
        {
            _held = 0;
        }
        else
        {
            for (long i = _newest + 1; i <= eighth; i++)
            {
                _held &= (byte)~(1 << (int)(i % Eighths));
            }
        }

        double rise = 0;
        double fall = 0;
        for (int i = 0; i < Eighths; i++)
        {
            if ((_held & (1 << i)) != 0)
            {
                rise = Math.Max(rise, value - _low[i]);
                fall = Math.Max(fall, _high[i] - value);
            }
        }

        int now = (int)(eighth % Eighths);
        bool isFirst = (_held & (1 << now)) == 0;
        _low[now] = isFirst ? value : Math.Min(_low[now], value);
        _high[now] = isFirst ? value : Math.Max(_high[now], value);
        _held |= (byte)(1 << now);
        _newest = eighth;
        return condition.Direction switch
        {
            RateDirection.Rise => rise,
            RateDirection.Fall => fall,
            _ => Math.Max(rise, fall),
        };
    }

    public override void Write(ref StateWriter writer)
    {
        writer.Int64(_newest);
        writer.Byte(_held);
        for (int i = 0; i < Eighths; i++)
        {
            writer.Double(_low[i]);
            writer.Double(_high[i]);
        }
    }

    protected override void ReadFrom(ref StateReader reader)
    {
        _newest = reader.Int64();
        _held = reader.Byte();
        for (int i = 0; i < Eighths; i++)
        {
            _low[i] = reader.Double();
            _high[i] = reader.Double();
        }
    }

    [InlineArray(Eighths)]
    private struct Values
    {
        private double _first;
    }
}

/// <summary>The first of the values that don't differ.</summary>
internal sealed class FrozenTrace : AlarmTrace
{
    private double _value;
    private Instant _since;
    private int _count;

    public override AlarmSourceKind Kind => AlarmSourceKind.Frozen;

    /// <summary>Readings without a change.</summary>
    public int Count => _count;

    /// <summary>Takes a reading and answers for how long there was no change, in milliseconds; 0 while that are too few readings.</summary>
    public double Take(Instant at, double value, FrozenCondition condition, bool isGap)
    {
        if (condition.Above is { } above && Math.Abs(value) <= above)
        {
            _count = 0;
            return 0;
        }

        if (isGap || _count == 0 || Math.Abs(value - _value) > condition.Resolution)
        {
            (_value, _since, _count) = (value, at, 1);
            return 0;
        }

        _count = _count == int.MaxValue ? _count : _count + 1;
        return _count >= condition.Readings ? at.UnixMilliseconds - _since.UnixMilliseconds : 0;
    }

    public override void Write(ref StateWriter writer)
    {
        writer.Double(_value);
        writer.Instant(_since);
        writer.Int32(_count);
    }

    protected override void ReadFrom(ref StateReader reader)
    {
        _value = reader.Double();
        _since = reader.Instant();
        _count = reader.Int32();
    }
}

/// <summary>The newest window judged, and how the limits stood before it, so that a correction is judged as if it had come at once.</summary>
internal sealed class WindowTrace : AlarmTrace
{
    /// <summary>Most limits of one condition.</summary>
    public const int MostRungs = 4;

    /// <summary>Empty when no limit was passed or about to be.</summary>
    public WatcherState[] Before = [];

    public override AlarmSourceKind Kind => AlarmSourceKind.Window;

    public Window Window { get; private set; } = new(WindowSpan.OneMinute, Instant.MinValue);

    /// <summary>Whether windows are missing between it and the one before it.</summary>
    public bool HasGap { get; private set; }

    /// <summary>Moves to a newer window.</summary>
    /// <param name="before">How the limits stand.</param>
    public void MoveTo(Window window, ReadOnlySpan<WatcherState> before)
    {
        HasGap = Window.Start > Instant.MinValue && window.Start > Window.End;
        Window = window;
        bool isCalm = true;
        foreach (ref readonly var state in before)
        {
            isCalm &= !state.IsPending && !state.HasTripped;
        }

        Before = isCalm ? [] : before.ToArray();
    }

    public override void Write(ref StateWriter writer)
    {
        writer.Byte((byte)Window.Span);
        writer.Instant(Window.Start);
        writer.Byte(HasGap ? (byte)1 : (byte)0);
        writer.Byte((byte)Before.Length);
        foreach (ref readonly var before in Before.AsSpan())
        {
            before.Write(ref writer);
        }
    }

    protected override void ReadFrom(ref StateReader reader)
    {
        Window = new Window((WindowSpan)reader.Byte((byte)(WindowSpans.Count - 1)), reader.Instant());
        HasGap = reader.Byte(1) != 0;
        Before = new WatcherState[reader.Byte(MostRungs)];
        for (int i = 0; i < Before.Length; i++)
        {
            Before[i] = WatcherState.Read(ref reader);
        }
    }
}
