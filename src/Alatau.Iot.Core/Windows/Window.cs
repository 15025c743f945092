using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Windows;

/// <summary>A half-open span of event time: it holds its start and not its end.</summary>
public readonly record struct Window(WindowSpan Span, Instant Start)
{
    public Instant End => new(Start.UnixMilliseconds + Span.Milliseconds());

    /// <summary>The window of length <paramref name="span"/> that holds <paramref name="instant"/>; right before 1970, too.</summary>
    public static Window Holding(Instant instant, WindowSpan span)
    {
        long length = span.Milliseconds();
        long offset = instant.UnixMilliseconds % length;
        return new Window(span, new Instant(instant.UnixMilliseconds - (offset < 0 ? offset + length : offset)));
    }

    public bool Holds(Instant instant) => instant >= Start && instant < End;
}
