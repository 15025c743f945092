using Alatau.Iot.Simulator.Playing;

namespace Alatau.Iot.Simulator.Tests.Playing;

/// <summary>Told on the player's own thread.</summary>
internal sealed class SyncProgress(Action<PlayProgress> onReport) : IProgress<PlayProgress>
{
    public void Report(PlayProgress value) => onReport(value);
}
