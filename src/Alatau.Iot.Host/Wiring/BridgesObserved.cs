using Alatau.Iot.Core.Observation;
using Alatau.Iot.Ingest.Sources;

namespace Alatau.Iot.Host.Wiring;

/// <summary>All bridges as one part of readiness and metrics.</summary>
internal sealed class BridgesObserved(IEnumerable<BridgeSource> bridges) : IMetricSource, IReadinessCheck
{
    private readonly BridgeSource[] _bridges = [.. bridges];

    public string Name => "bridges";

    public async ValueTask<string?> CheckAsync(CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var bridge in _bridges)
        {
            if (await bridge.CheckAsync(cancellationToken) is { } problem)
            {
                problems.Add(problem);
            }
        }

        return problems.Count == 0 ? null : string.Join(' ', problems);
    }

    public void WriteMetrics(IMetricWriter writer)
    {
        foreach (var bridge in _bridges)
        {
            bridge.WriteMetrics(writer);
        }
    }
}
