using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Mqtt.Client;
using Alatau.Iot.Simulator.Devices;
using Alatau.Iot.Simulator.Dialects;
using Alatau.Iot.Simulator.Scenarios;

namespace Alatau.Iot.Simulator.Playing;

/// <summary>Everybody who plays in a scenario, with their connections. Owned by the player's thread.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(1);

    /// <summary>Devices that connect at the same time; a broker's accept queue is finite.</summary>
    private const int ConnectingAtOnce = 100;

    private readonly Scenario scenario;
    private readonly ScenarioPlayerOptions options;
    private readonly Instant start;
    private readonly Dictionary<TimeSpan, Cohort> cohorts = [];

    private Stage(Scenario scenario, ScenarioPlayerOptions options, Instant start)
    {
        this.scenario = scenario;
        this.options = options;
        this.start = start;
    }

    internal District? District { get; private set; }

    internal IReadOnlyCollection<Cohort> Cohorts => cohorts.Values;

    internal List<(RecordingReel Reel, PlayedDevice Device)> Reels { get; } = [];

    internal List<PlayedDevice> Devices { get; } = [];

    internal PlayCounters Counters { get; } = new();

    /// <summary>Puts everybody on the stage; nobody is connected yet.</summary>
    /// <exception cref="FormatException">The broker's address is none.</exception>
    internal static Stage Build(Scenario scenario, ScenarioPlayerOptions options, Instant start)
    {
        var stage = new Stage(scenario, options, start);
        var recorded = scenario.Recordings.Select(recording => recording.Asset).ToHashSet();
        if (scenario.Fleet is { } fleet)
        {
            var bindings = fleet.Bindings.ToDictionary(binding => binding.Asset);
            stage.District = District.Create(scenario.FleetFile, fleet, options.Seed ?? scenario.Seed, scenario.Sky, scenario.TemperatureOffset, new FileFaults());
            foreach (var model in (stage.District?.Models ?? []).Where(model => !recorded.Contains(model.Asset.Id)))
            {
                var site = fleet.Sites.First(site => site.Name == model.Asset.Id.Site);
                if (Dialect.Of(model.Asset.Id, bindings.GetValueOrDefault(model.Asset.Id), site) is { } dialect)
                    stage.CohortOf(model.Asset).Devices.Add(stage.Play(model.Asset.Id, model.Layout, model.Values, dialect));
            }
        }

        foreach (var recording in scenario.Recordings)
        {
            var reel = new RecordingReel(recording, start);
            stage.Reels.Add((reel, stage.Play(recording.Asset, recording.Layout, reel.Values, new NativeDialect(recording.Asset))));
        }

        return stage;
    }

    /// <summary>Connects everybody; a sentence says why not when the time is over.</summary>
    internal async Task<string?> ConnectAsync(CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        foreach (var group in Devices.Chunk(ConnectingAtOnce))
        {
            foreach (var device in group)
                device.Link.Start();
            try
            {
                await Task.WhenAll(group.Select(device => device.Link.WaitForConnectionAsync(either.Token)));
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                return group.Select(device => device.Link.LastFault).FirstOrDefault(fault => fault is not null) ?? "The broker did not answer in time.";
            }
        }

        return null;
    }

    /// <summary>The next moment of all who go with the scenario's time; null when they are at the end.</summary>
    internal Instant? NextTogether(Instant end)
    {
        Instant? next = null;
        foreach (var cohort in Cohorts)
            next = next is { } sooner ? Instant.Min(sooner, cohort.Next) : cohort.Next;
        foreach (var (reel, _) in Reels)
        {
            if (reel is { OwnPace: null, Next: { } row })
                next = next is { } sooner ? Instant.Min(sooner, row) : row;
        }

        return next < end ? next : null;
    }

    /// <summary>The next row among the recordings with a speed of their own; null when they are at the end.</summary>
    internal Turn? NextOwn(Instant end, TimeSpan elapsed)
    {
        Turn? next = null;
        for (var i = 0; i < Reels.Count; i++)
        {
            if (Reels[i].Reel is { OwnPace: { } own, Next: { } row } && row < end)
                next = Turn.Earlier(next, new Turn(i, row, own.DueAt(row, elapsed)));
        }

        return next;
    }

    /// <summary>Waits until the broker has acknowledged everything.</summary>
    internal Task DrainAsync(CancellationToken cancellation) => Task.WhenAll(Devices.Select(device => device.Link.WaitForEmptyAsync())).WaitAsync(cancellation);

    public async ValueTask DisposeAsync() => await Task.WhenAll(Devices.Select(device => device.Link.DisposeAsync().AsTask()));

    private Cohort CohortOf(Asset asset)
    {
        var interval = scenario.Intervals.TryGetValue(asset.Kind, out var span) ? span : asset.ReportingInterval ?? DefaultInterval;
        if (!cohorts.TryGetValue(interval, out var cohort))
            cohorts.Add(interval, cohort = new Cohort(interval));
        return cohort;
    }

    private PlayedDevice Play(AssetId asset, ReadingLayout layout, double[] values, Dialect dialect)
    {
        var client = MqttClientOptions.Parse(options.Broker);
        client.UserName = options.User ?? client.UserName;
        client.Password = options.Password ?? client.Password;
        client.AuthorityPath = options.AuthorityPath;
        client.ClientId = $"{options.ClientIdPrefix}{asset.Site}-{asset.Name}";
        client.Time = options.Time;
        client.MaximumInFlight = options.MaximumInFlight;
        client.ReconnectMaximum = TimeSpan.FromSeconds(5);
        var faults = scenario.Faults.Where(fault => fault.Assets.Contains(asset)).Select(fault => new TimedFault(fault, start)).ToList();
        var link = new MqttDeviceLink(dialect.Topic, client, options.QualityOfService ?? scenario.QualityOfService, options.MaximumInFlight, Counters);
        var device = new PlayedDevice(values, new DeviceVoice(asset, layout, dialect, faults), link, faults);
        Devices.Add(device);
        return device;
    }
}
