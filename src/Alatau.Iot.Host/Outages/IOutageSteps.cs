using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Host.Outages;

/// <summary>The way of an outage's steps to the assets.</summary>
internal interface IOutageSteps
{
    /// <summary>Completes when every shard has carried the step out.</summary>
    /// <returns>False when it couldn't be put on disk in time, so nothing came of it.</returns>
    ValueTask<bool> CarryAsync(OutageStep step, CancellationToken cancellationToken);

    /// <inheritdoc cref="Engine.AssetEngine.TakeCensusAsync"/>
    Task TakeCensusAsync(Action<AssetHandle, OutageSign> take, Action<AssetHandle, Instant, bool> outage, CancellationToken cancellationToken);
}
