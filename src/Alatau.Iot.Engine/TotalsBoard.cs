using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Engine;

/// <summary>Sums by site, made when somebody asks and kept for a second.</summary>
/// <remarks>Each shard sums its own assets, a slice between two runs of messages. When that takes long, the sum is kept for a hundred times as long, so that it never costs more than 1 % of a shard.</remarks>
internal sealed class TotalsBoard(Shard[] shards, AssetDirectory directory, IReadOnlyList<Site> sites, TimeProvider clock)
{
    private const int AssetsAStep = 2048;
    private const int KeepTimesCost = 100;
    private static readonly TimeSpan s_shortestKeeping = TimeSpan.FromMilliseconds(900);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _assetsBySite = sites.Select(s => s.Name).Distinct(StringComparer.Ordinal).ToDictionary(s => s, _ => 0, StringComparer.Ordinal);
    private int _assetsCounted;
    private Task<IReadOnlyList<SiteTotals>>? _latest;
    private long _madeAt;
    private TimeSpan _keeping;

    public Task<IReadOnlyList<SiteTotals>> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            bool isUsable = _latest is { } latest && (!latest.IsCompleted || (latest.IsCompletedSuccessfully && clock.GetElapsedTime(_madeAt) < _keeping));
            if (!isUsable)
            {
                _latest = MakeAsync();
            }

            return _latest!.WaitAsync(cancellationToken);
        }
    }

    private async Task<IReadOnlyList<SiteTotals>> MakeAsync()
    {
        var now = Instant.Now(clock);
        var calls = new Task<long>[shards.Length];
        for (int i = 0; i < shards.Length; i++)
        {
            long cost = 0;
            var call = new ShardCall<long>((shard, self) =>
            {
                // Cost is real time, whatever clock drives the platform.
                long start = System.Diagnostics.Stopwatch.GetTimestamp();
                bool done = Sum(shard, self, now);
                cost += System.Diagnostics.Stopwatch.GetElapsedTime(start).Ticks;
                if (done)
                {
                    self.Complete(cost);
                }

                return done;
            });
            calls[i] = call.Task;
            shards[i].Enqueue(call);
        }

        var costs = await Task.WhenAll(calls);
        lock (_gate)
        {
            CountAssets();
            var longest = TimeSpan.FromTicks(costs.Max() * KeepTimesCost);
            _keeping = longest > s_shortestKeeping ? longest : s_shortestKeeping;
            _madeAt = clock.GetTimestamp();
            return SiteTally.Merge(shards.Select(s => s.Tally), _assetsBySite, now);
        }
    }

    private static bool Sum(Shard shard, ShardCall<long> call, Instant now)
    {
        if (call.Progress == 0)
        {
            shard.Tally.Reset();
        }

        var states = shard.States;
        int end = Math.Min(states.Length, call.Progress + AssetsAStep);
        for (; call.Progress < end; call.Progress++)
        {
            if (states[call.Progress] is { } state)
            {
                shard.Tally.Add(state, now);
            }
        }

        return call.Progress >= states.Length;
    }

    private void CountAssets()
    {
        var all = directory.Snapshot();
        for (; _assetsCounted < all.Length; _assetsCounted++)
        {
            var asset = all[_assetsCounted];
            if (!PlatformAsset.Owns(asset.Kind))
            {
                _assetsBySite[asset.Id.Site] = _assetsBySite.GetValueOrDefault(asset.Id.Site) + 1;
            }
        }
    }
}
