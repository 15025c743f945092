using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Simulator.Playing;

/// <summary>How the time of a story goes with the clock.</summary>
/// <param name="Start">The moment that is played when the play begins.</param>
/// <param name="Speed">Seconds of the story a second, above 0; infinity has no pace.</param>
internal readonly record struct Pace(Instant Start, double Speed)
{
    /// <summary>When a moment is due, counted from the beginning of the play; what has no pace is due now.</summary>
    internal TimeSpan DueAt(Instant moment, TimeSpan now) => double.IsPositiveInfinity(Speed) ? now : (moment - Start) / Speed;
}
