namespace Alatau.Iot.Simulator.Playing;

/// <summary>What a play did.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Progress">The last figures.</param>
/// <param name="Waiting">Messages that were published and never acknowledged.</param>
/// <param name="Elapsed">From the first connection to the last acknowledgement.</param>
/// <param name="Problem">Why the broker could not be reached; null otherwise.</param>
public sealed record PlayResult(PlayOutcome Outcome, PlayProgress Progress, long Waiting, TimeSpan Elapsed, string? Problem);
