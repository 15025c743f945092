using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Pipeline;
using Alatau.Iot.Ingest.Sources;
using Microsoft.Extensions.Hosting;

namespace Alatau.Iot.Host.Recovery;

/// <summary>Asks Sparkplug nodes of the fleets whose births aren't known to say them again: some time after the start, and after each connection of a bridge.</summary>
/// <remarks>Nodes that connect anew say their births by themselves, and a broker first hands over what it kept; whoever is unknown after <see cref="Grace"/> would otherwise stay so until its next message.</remarks>
internal sealed class BirthRequests(TelemetryRoad road, MqttRoad endpoint, IEnumerable<BridgeSource> bridges, TimeProvider clock) : BackgroundService
{
    /// <summary>Time to say it unasked.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private readonly BridgeSource[] _bridges = [.. bridges];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end; also of a platform whose start failed.
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        var seen = new (long Connects, long Since, bool HasAsked)[_bridges.Length];
        bool hasAsked = false;
        long began = clock.GetTimestamp();
        using var timer = new PeriodicTimer(s_look, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!hasAsked && clock.GetElapsedTime(began) >= Grace)
            {
                road.AskForBirths(endpoint.Route, Instant.Now(clock));
                hasAsked = true;
            }

            for (int i = 0; i < _bridges.Length; i++)
            {
                var bridge = _bridges[i];
                if (!bridge.IsConnected || seen[i].Connects != bridge.Connects)
                {
                    seen[i] = (bridge.Connects, clock.GetTimestamp(), false);
                }
                else if (!seen[i].HasAsked && clock.GetElapsedTime(seen[i].Since) >= Grace)
                {
                    road.AskForBirths(bridge.Route, Instant.Now(clock));
                    seen[i].HasAsked = true;
                }
            }
        }
    }
}
