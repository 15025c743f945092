using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Web.Tests.City;

/// <summary>Branches out of windows a test publishes; what is published can be read as a series.</summary>
internal sealed class TestRollUps(Topology topology, MeasurandCatalog catalog) : IRollUps, IRollUpStore
{
    private readonly RollUpBook _book = new(topology, catalog, Instant.MinValue, canSumAgain: false);
    private readonly List<RollUpRow> _rows = [];
    private readonly Lock _gate = new();

    public string? Problem { get; set; }

    public void Publish(string asset, string measurand, Instant minute, double value, WindowSummary? previous = null, Quality quality = Quality.Good)
    {
        lock (_gate)
        {
            Assert.True(topology.TryFind(asset, out var node));
            var summary = new WindowSummary(6, value - 1, value + 1, value, value, value, 1, (ushort)(previous is null ? 0 : 1), quality);
            _book.Apply(new RollUpChange(node, catalog.Id(measurand), Window.Holding(minute, WindowSpan.OneMinute), summary, previous));
            _rows.AddRange(_book.Publish(0, 0));
        }
    }

    public IReadOnlyList<RollUpRow> Latest(TopologyNode node, WindowSpan span, Instant endedBy)
    {
        lock (_gate)
        {
            return _book.Latest(node, span, endedBy);
        }
    }

    public ValueTask WriteRollUpsAsync(IReadOnlyList<RollUpRow> rows, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<RollUpPage> ReadRollUpsAsync(RollUpQuery query, CancellationToken cancellationToken)
    {
        if (Problem is not null)
        {
            throw new StoreException(Problem, isTransient: true);
        }

        lock (_gate)
        {
            var rows = _rows.Where(r => r.Node == query.Node && r.Members == query.Members && r.Measurand == query.Measurand && r.Window.Span == query.Span && r.Window.Start >= query.From && r.Window.Start < query.To)
                .GroupBy(r => r.Window.Start).OrderBy(g => g.Key).Select(g => new RollUpPoint(g.Key, g.Last().Summary)).ToList();
            return ValueTask.FromResult(new RollUpPage([.. rows.Take(query.Limit)], rows.Count > query.Limit ? rows[query.Limit].At : null));
        }
    }

    public ValueTask ReadWindowsAsync(MeasurandId measurand, WindowSpan span, Instant from, Instant to, Action<AssetId, Instant, WindowSummary> visit, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
