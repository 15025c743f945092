using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.RollUps;

/// <summary>Where roll-ups rest, beside the windows they are made of. They are no history of their own: they can be made again from the windows at any time.</summary>
public interface IRollUpStore
{
    /// <summary>Writes all rows; one that is there with a higher revision stays.</summary>
    /// <exception cref="StoreException">Nothing may be assumed stored.</exception>
    ValueTask WriteRollUpsAsync(IReadOnlyList<RollUpRow> rows, CancellationToken cancellationToken);

    /// <summary>Reads one branch, oldest first.</summary>
    ValueTask<RollUpPage> ReadRollUpsAsync(RollUpQuery query, CancellationToken cancellationToken);

    /// <summary>Reads the windows of one measurand of all assets that start within a half-open span of time, each with its latest revision.</summary>
    /// <param name="visit">Called for each, in no order, before the call returns.</param>
    ValueTask ReadWindowsAsync(MeasurandId measurand, WindowSpan span, Instant from, Instant to, Action<AssetId, Instant, WindowSummary> visit, CancellationToken cancellationToken);
}
