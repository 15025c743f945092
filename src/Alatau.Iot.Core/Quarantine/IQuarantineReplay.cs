using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Core.Quarantine;

/// <summary>Sends quarantined messages through again, after a profile or a fleet was mended. Each counts once: it leaves the account's quarantined and becomes stored or duplicate.</summary>
public interface IQuarantineReplay
{
    /// <summary>Whose topic it is by the fleets and profiles of now; null when it is no known asset's.</summary>
    AssetId? AssetOf(string topic);

    /// <summary>Sends every message that is meant and not sent yet through again, the oldest first. One call at a time; others wait.</summary>
    /// <returns>What became of them. A message that still can't be taken stays where it is.</returns>
    ValueTask<QuarantineReplayResult> ReplayAsync(QuarantineFilter filter, CancellationToken cancellationToken);

    /// <summary>Sends one message through again.</summary>
    /// <returns>Null when no such message is kept.</returns>
    ValueTask<QuarantineReplayAnswer?> ReplayAsync(long number, CancellationToken cancellationToken);
}
