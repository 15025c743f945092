using System.Globalization;

namespace Alatau.Iot.Core.Time;

/// <summary>A point in time: whole milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.</summary>
/// <remarks>
/// One millisecond is the resolution of the whole platform; finer stamps (ChirpStack sends nine fraction digits) are cut, never rounded up,
/// so that a reading can't move into the next window.
/// </remarks>
/// <param name="UnixMilliseconds">Milliseconds since the Unix epoch, UTC; negative before 1970.</param>
public readonly record struct Instant(long UnixMilliseconds) : IComparable<Instant>
{
    /// <summary>Earliest instant a device may claim: 2000-01-01T00:00:00Z. Anything before it is a clock that was never set.</summary>
    public static readonly Instant EarliestPlausible = new(946_684_800_000);

    public static readonly Instant MinValue = new(long.MinValue);

    public static readonly Instant MaxValue = new(long.MaxValue);

    public static Instant FromUnixMilliseconds(long milliseconds) => new(milliseconds);

    /// <summary>Converts; ticks below a millisecond are cut toward the past.</summary>
    public static Instant From(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    /// <summary>The present by <paramref name="clock"/>.</summary>
    public static Instant Now(TimeProvider clock) => new(clock.GetUtcNow().ToUnixTimeMilliseconds());

    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMilliseconds);

    /// <summary>Reads an RFC 3339 time with an offset or Z and any number of fraction digits (cut to milliseconds).</summary>
    /// <returns>False when the text is no RFC 3339 time or carries no offset: a local time needs a zone, which only a profile knows.</returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Instant instant) => InstantText.TryParse(utf8, requireOffset: true, out instant, out _);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out Instant)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out Instant instant)
    {
        Span<byte> utf8 = stackalloc byte[64];
        instant = default;
        return text.Length <= utf8.Length
            && System.Text.Encoding.UTF8.TryGetBytes(text, utf8, out int written)
            && TryParse(utf8[..written], out instant);
    }

    public int CompareTo(Instant other) => UnixMilliseconds.CompareTo(other.UnixMilliseconds);

    /// <summary>ISO 8601 in UTC with milliseconds, for example <c>2026-11-22T05:00:00.000Z</c>.</summary>
    public override string ToString() =>
        UnixMilliseconds is < -62135596800000 or > 253402300799999
            ? UnixMilliseconds.ToString(CultureInfo.InvariantCulture) + "ms"
            : ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static Instant operator +(Instant instant, TimeSpan span) => new(instant.UnixMilliseconds + (span.Ticks / TimeSpan.TicksPerMillisecond));

    public static Instant operator -(Instant instant, TimeSpan span) => new(instant.UnixMilliseconds - (span.Ticks / TimeSpan.TicksPerMillisecond));

    /// <summary>The time between; what is longer than a <see cref="TimeSpan"/> holds becomes its longest.</summary>
    public static TimeSpan operator -(Instant left, Instant right)
    {
        var milliseconds = (Int128)left.UnixMilliseconds - right.UnixMilliseconds;
        return milliseconds >= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond ? TimeSpan.MaxValue
            : milliseconds <= TimeSpan.MinValue.Ticks / TimeSpan.TicksPerMillisecond ? TimeSpan.MinValue
            : new TimeSpan((long)milliseconds * TimeSpan.TicksPerMillisecond);
    }

    public static bool operator <(Instant left, Instant right) => left.UnixMilliseconds < right.UnixMilliseconds;

    public static bool operator >(Instant left, Instant right) => left.UnixMilliseconds > right.UnixMilliseconds;

    public static bool operator <=(Instant left, Instant right) => left.UnixMilliseconds <= right.UnixMilliseconds;

    public static bool operator >=(Instant left, Instant right) => left.UnixMilliseconds >= right.UnixMilliseconds;

    public static Instant Max(Instant left, Instant right) => left >= right ? left : right;

    public static Instant Min(Instant left, Instant right) => left <= right ? left : right;
}
