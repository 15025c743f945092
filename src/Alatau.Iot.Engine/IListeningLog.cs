using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Engine;

/// <summary>Keeps in the journal when the platform listened, so that an alarm that time alone raised is raised again by a replay, the same one.</summary>
public interface IListeningLog
{
    /// <summary>Asks for a record of <paramref name="now"/> or later in the journal, and for <see cref="AssetEngine.TryPostTime"/> at the same place among the messages. Asked again every 100 ms until it comes. Shards' threads; it doesn't wait.</summary>
    void Ask(Instant now);
}
