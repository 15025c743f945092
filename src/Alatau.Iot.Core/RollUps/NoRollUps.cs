using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.RollUps;

/// <summary>Branches where none are kept.</summary>
public sealed class NoRollUps : IRollUps, IRollUpStore
{
    public IReadOnlyList<RollUpRow> Latest(TopologyNode node, WindowSpan span, Instant endedBy) => [];

    public ValueTask WriteRollUpsAsync(IReadOnlyList<RollUpRow> rows, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<RollUpPage> ReadRollUpsAsync(RollUpQuery query, CancellationToken cancellationToken) => new(new RollUpPage([], null));

    public ValueTask ReadWindowsAsync(MeasurandId measurand, WindowSpan span, Instant from, Instant to, Action<AssetId, Instant, WindowSummary> visit, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
