namespace Alatau.Iot.Storage.Outbox;

/// <summary>Messages whose rows can't be read any more.</summary>
/// <param name="Place">File and bytes, or the folder when no place is left.</param>
/// <param name="Reason">What was found there.</param>
/// <param name="Messages">How many, by route.</param>
internal sealed record OutboxLoss(string Place, string Reason, IReadOnlyList<(string Route, long Messages)> Messages);
