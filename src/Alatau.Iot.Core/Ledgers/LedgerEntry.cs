namespace Alatau.Iot.Core.Ledgers;

/// <summary>The account of one route, or of all, in messages. <c>received = stored + duplicate + quarantined + waiting + unaccounted</c>.</summary>
/// <param name="Received">Taken off the wire.</param>
/// <param name="Stored">In the store, by the store's own acknowledgement.</param>
/// <param name="Duplicate">Wholly taken before.</param>
/// <param name="Quarantined">Kept aside.</param>
/// <param name="Waiting">On the road: taken, not yet decided or not yet acknowledged by the store.</param>
public readonly record struct LedgerEntry(long Received, long Stored, long Duplicate, long Quarantined, long Waiting)
{
    /// <summary>What nobody can say where it went; must be zero.</summary>
    public long Unaccounted => Received - Stored - Duplicate - Quarantined - Waiting;
}
