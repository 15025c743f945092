namespace Alatau.Iot.Benchmarks.Servers;

/// <summary>The platform's ledger as its API answers it.</summary>
internal sealed record Account(long Received, long Stored, long Duplicate, long Quarantined, long Waiting, long Unaccounted)
{
    /// <summary>Whether exactly <paramref name="messages"/> were received and all of them stored.</summary>
    public bool IsWhole(long messages) => this == new Account(messages, messages, 0, 0, 0, 0);
}
