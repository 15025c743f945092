using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Simulator.Playing;

/// <summary>Who is next to say something, and when.</summary>
/// <param name="Reel">The place of a recording with a speed of its own among the reels; −1 is everybody in the scenario's time.</param>
/// <param name="Moment">The moment of its story.</param>
/// <param name="Due">Counted from the beginning of the play.</param>
internal readonly record struct Turn(int Reel, Instant Moment, TimeSpan Due)
{
    /// <summary>The earlier of two; whatever waited longer comes first, so that what has no pace starves nobody.</summary>
    internal static Turn? Earlier(Turn? left, Turn? right) =>
        left is not { } a ? right
        : right is not { } b ? left
        : a.Due < b.Due || (a.Due == b.Due && a.Moment <= b.Moment) ? a : b;
}
