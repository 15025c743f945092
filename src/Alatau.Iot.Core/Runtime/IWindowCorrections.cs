using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Runtime;

/// <summary>The way of corrected summaries through their asset to all sinks, in one order with what the asset publishes itself.</summary>
public interface IWindowCorrections
{
    /// <summary>Hands corrections over; when it completes, all sinks have been called.</summary>
    /// <param name="corrections">Of one asset; a few hundred at most, since its shard does nothing else meanwhile.</param>
    /// <exception cref="InvalidOperationException">The runtime has stopped.</exception>
    ValueTask CorrectAsync(AssetHandle asset, ReadOnlyMemory<WindowCorrection> corrections, CancellationToken cancellationToken);
}
