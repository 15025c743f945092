using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Load;

namespace Alatau.Iot.Benchmarks.Road;

/// <summary>The loads of this program: a warm-up on a site of its own, then what is measured.</summary>
internal static class LoadPlan
{
    public const string Site = "bench";
    public const string WarmSite = "warm";
    public const string FillSite = "fill";

    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(1);

    /// <summary>The last message lies this far back, so that every window of the run has ended and is published by the idle rule.</summary>
    private static readonly TimeSpan s_past = TimeSpan.FromHours(2);

    public static LoadOptions Of(BenchOptions options, int port, int qos, long messages, int assets, string site = Site, double rate = 0)
    {
        long turns = (messages / assets) + 1;
        return new LoadOptions
        {
            Port = port,
            Publishers = qos == 0 ? options.Publishers : options.PublishersAtQoS1,
            Messages = messages,
            Assets = assets,
            QoS = qos,
            InFlight = 1000,
            Rate = rate,
            Seed = options.Seed,
            Start = Instant.Now(TimeProvider.System) - s_past - (s_step * turns),
            Step = s_step,
            Site = site,
        };
    }

    /// <summary>Runs a load to its end on this thread's behalf.</summary>
    public static Task<LoadResult> RunAsync(LoadOptions load) => Task.Run(() => LoadGenerator.Run(load, TimeProvider.System, CancellationToken.None));
}
