namespace Alatau.Iot.Storage.Outbox;

/// <summary>Where an outbox stands, as its folder says it.</summary>
/// <param name="Acknowledged">Number of the first record the store hasn't acknowledged; 0 when nobody knows.</param>
/// <param name="Sure">Number of the first record that wasn't on disk for sure. A checkpoint may have relied on those before it, on no other.</param>
/// <param name="Due">Messages in the records from <paramref name="Acknowledged"/> up to <paramref name="Sure"/>, by route: what a start must find.</param>
/// <param name="Lost">Messages whose rows were lost here since the outbox was made, by route.</param>
internal sealed record OutboxPlace(long Acknowledged, long Sure, IReadOnlyDictionary<string, long> Due, IReadOnlyDictionary<string, long> Lost)
{
    internal static readonly OutboxPlace Unknown = new(0, 0, new Dictionary<string, long>(), new Dictionary<string, long>());
}
