using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Api;

namespace Alatau.Iot.Web.Console;

/// <summary>What the readiness checks said, asked at most every five seconds however many consoles are open.</summary>
internal sealed class Pulse(Readiness readiness, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1);
    private IReadOnlyList<string> _problems = [];
    private Instant _askedAt = Instant.MinValue;

    public async Task<IReadOnlyList<string>> ProblemsAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var now = Instant.Now(clock);
            if (_askedAt == Instant.MinValue || now - _askedAt >= s_period)
            {
                var parts = await readiness.CheckAsync(cancellationToken);
                _problems = [.. parts.Where(p => p.Value is not null).Select(p => $"{p.Key}: {p.Value}"), .. readiness.Warnings().Where(w => parts.GetValueOrDefault(w.Key) is null).Select(w => $"{w.Key}: {w.Value}")];
                _askedAt = now;
            }

            return _problems;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
