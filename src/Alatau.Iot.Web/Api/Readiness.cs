using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Observation;

namespace Alatau.Iot.Web.Api;

/// <summary>Asks the store and every <see cref="IReadinessCheck"/>, each for at most two seconds.</summary>
internal sealed class Readiness(IHistoryStore store, IEnumerable<IReadinessCheck> checks, TimeProvider clock)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly IReadinessCheck[] _checks = [.. checks];

    /// <summary>Name of each part, and what is wrong with it; null when it is well.</summary>
    public async Task<IReadOnlyDictionary<string, string?>> CheckAsync(CancellationToken cancellationToken)
    {
        var asked = new List<(string Name, Task<string?> Answer)> { (store.Name, AskAsync(store.CheckAsync, cancellationToken)) };
        asked.AddRange(_checks.Select(c => (c.Name, AskAsync(c.CheckAsync, cancellationToken))));
        var parts = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (name, answer) in asked)
        {
            parts[name] = await answer;
        }

        return parts;
    }

    /// <summary>By part, what people should know though it is well.</summary>
    public IReadOnlyDictionary<string, string> Warnings() =>
        _checks.Select(c => (c.Name, c.Warning)).Where(c => c.Warning is not null).DistinctBy(c => c.Name, StringComparer.Ordinal).ToDictionary(c => c.Name, c => c.Warning!, StringComparer.Ordinal);

    private async Task<string?> AskAsync(Func<CancellationToken, ValueTask<string?>> check, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await check(both.Token).AsTask().WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "gives no answer within 2 s.";
        }
        catch (StoreException e)
        {
            return e.Message;
        }
    }
}
