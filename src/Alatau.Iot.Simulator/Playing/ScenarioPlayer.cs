using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Dialects;
using Alatau.Iot.Simulator.Scenarios;
using Alatau.Iot.Simulator.Truth;

namespace Alatau.Iot.Simulator.Playing;

/// <summary>Plays a scenario over real MQTT connections, one a device, to any broker.</summary>
/// <remarks>
/// One loop goes from instant to instant: it brings the whole district there, lets each device that is due say its values, and waits for the
/// clock where simulated time has a pace. A recording with a speed of its own has its own turns in the same loop. No device has a timer or a thread. When a device's unacknowledged messages fill its window, the loop
/// waits for it: that is the back-pressure, and nothing is dropped.
/// </remarks>
public sealed class ScenarioPlayer
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    private readonly Scenario scenario;
    private readonly ScenarioPlayerOptions options;
    private readonly IProgress<PlayProgress>? progress;
    private readonly PayloadWriter payload = new();
    private readonly Stage stage;
    private readonly Instant start;
    private readonly Pace pace;
    private Instant simulatedTo;
    private TimeSpan shortest;
    private long published;
    private long values;
    private long lastReport;
    private bool isLive;

    private ScenarioPlayer(Scenario scenario, ScenarioPlayerOptions options, IProgress<PlayProgress>? progress)
    {
        this.scenario = scenario;
        this.options = options;
        this.progress = progress;
        start = StartOf(scenario, options.Time);
        simulatedTo = start;
        pace = new Pace(start, options.Speed ?? scenario.Speed);
        stage = Stage.Build(scenario, options, start);
    }

    /// <summary>Plays to the end of the duration or of the recordings, or until it is stopped; what is under way is drained.</summary>
    /// <param name="scenario">From <see cref="ScenarioLoader"/>.</param>
    /// <param name="options">Where to, and what is changed.</param>
    /// <param name="progress">Told about five times a second; null when nobody looks.</param>
    /// <param name="stop">Ends the play; it is no failure.</param>
    /// <exception cref="FormatException">The broker's address is none.</exception>
    /// <exception cref="IOException">The truth could not be written.</exception>
    public static async Task<PlayResult> RunAsync(
        Scenario scenario, ScenarioPlayerOptions options, IProgress<PlayProgress>? progress = null, CancellationToken stop = default)
    {
        var player = new ScenarioPlayer(scenario, options, progress);
        await using var everybody = player.stage;
        return await player.RunAsync(stop);
    }

    private static Instant StartOf(Scenario scenario, TimeProvider time)
    {
        switch (scenario.Start)
        {
            case ScenarioStart.Instant:
                return scenario.StartInstant;
            case ScenarioStart.Recording:
                return scenario.Recordings.Select(recording => recording.Times[0]).Min();
            case ScenarioStart.Today:
                var zone = scenario.Fleet?.Sites[0].TimeZone ?? TimeZoneInfo.Utc;
                var midnight = TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone).Date;
                return Instant.From(new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)));
            default:
                return Instant.Now(time);
        }
    }

    private async Task<PlayResult> RunAsync(CancellationToken stop)
    {
        var began = options.Time.GetTimestamp();
        var outcome = PlayOutcome.Completed;
        try
        {
            if (await stage.ConnectAsync(stop) is { } problem)
                return new PlayResult(PlayOutcome.BrokerUnreachable, Figures(), 0, options.Time.GetElapsedTime(began), problem);
            await PlayAsync(stop);
            foreach (var device in stage.Devices)
                published += await device.Voice.FinishAsync(device.Link, stop);
            await stage.DrainAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            outcome = PlayOutcome.Stopped;
            await DrainAfterStopAsync();
        }

        WriteTruth();
        var figures = Figures();
        progress?.Report(figures);
        return new PlayResult(outcome, figures, stage.Devices.Sum(device => (long)device.Link.Waiting), options.Time.GetElapsedTime(began), null);
    }

    private async Task PlayAsync(CancellationToken stop)
    {
        isLive = scenario.Start != ScenarioStart.Today;
        shortest = isLive ? TimeSpan.Zero : scenario.CatchUpStep;
        foreach (var cohort in stage.Cohorts)
            cohort.StartAt(start, shortest);
        var wallStart = options.Time.GetTimestamp();
        if (isLive)
            WentLive(start);

        var end = (options.Duration ?? scenario.Duration) is { } duration ? start + duration : Instant.MaxValue;
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var elapsed = options.Time.GetElapsedTime(wallStart);
            var together = stage.NextTogether(end);
            if (!isLive && together > Instant.Now(options.Time))
            {
                GoLive();
                continue;
            }

            var turn = stage.NextOwn(end, elapsed);
            if (together is { } moment)
                turn = Turn.Earlier(new Turn(-1, moment, DueTogether(moment, elapsed)), turn);
            if (turn is not { } next)
                return;
            await WaitAsync(next.Due - elapsed, stop);
            if (next.Reel < 0)
                await PlayTogetherAsync(next.Moment, stop);
            else
                await PlayRowAsync(stage.Reels[next.Reel], next.Moment, stop);
            simulatedTo = Instant.Max(simulatedTo, next.Moment);
            Report();
        }
    }

    /// <summary>Those who wait for the clock begin at it.</summary>
    private void GoLive()
    {
        isLive = true;
        shortest = TimeSpan.Zero;
        var now = Instant.Now(options.Time);
        foreach (var cohort in stage.Cohorts)
            cohort.StartAt(now, shortest);
        WentLive(now);
    }

    /// <summary>When the scenario's time is at a moment. Catching up has no pace; live, a second is a second.</summary>
    private TimeSpan DueTogether(Instant moment, TimeSpan elapsed) =>
        !isLive ? elapsed
        : scenario.Start == ScenarioStart.Today ? elapsed + (moment - Instant.Now(options.Time))
        : pace.DueAt(moment, elapsed);

    private async Task WaitAsync(TimeSpan wait, CancellationToken stop)
    {
        if (wait <= TimeSpan.Zero)
            return;

        // What was said is shown before the pause, and long pauses are told about, too.
        progress?.Report(Figures());
        await Task.Delay(wait, options.Time, stop);
    }

    private async Task PlayTogetherAsync(Instant now, CancellationToken stop)
    {
        var isAdvanced = false;
        foreach (var cohort in stage.Cohorts)
        {
            if (cohort.Next != now)
                continue;
            if (!isAdvanced)
                stage.District!.Advance(now);
            isAdvanced = true;
            foreach (var device in cohort.Devices)
                await SayAsync(device, now, stop);
            cohort.GoOn(shortest);
        }

        foreach (var played in stage.Reels)
        {
            if (played.Reel.OwnPace is null && played.Reel.Next == now)
                await PlayRowAsync(played, now, stop);
        }
    }

    private ValueTask PlayRowAsync((RecordingReel Reel, PlayedDevice Device) played, Instant now, CancellationToken stop)
    {
        played.Reel.TakeRow();
        return SayAsync(played.Device, now, stop);
    }

    private async ValueTask SayAsync(PlayedDevice device, Instant now, CancellationToken stop)
    {
        var sent = await device.Voice.SayAsync(device.Values, now, payload, device.Link, stop);
        published += sent;
        values += (long)sent * device.Values.Length;
    }

    private void WentLive(Instant live)
    {
        foreach (var device in stage.Devices)
            device.WentLive(live);
    }

    private void Report()
    {
        if (progress is null || options.Time.GetElapsedTime(lastReport) < ProgressInterval)
            return;
        lastReport = options.Time.GetTimestamp();
        progress.Report(Figures());
    }

    private async Task DrainAfterStopAsync()
    {
        using var patience = new CancellationTokenSource(options.DrainTimeout, options.Time);
        try
        {
            await stage.DrainAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The result says how many are still waiting.
        }
    }

    private void WriteTruth()
    {
        if (options.TruthPath is not { } path)
            return;
        foreach (var device in stage.Devices)
            device.Voice.Truth.Acknowledged = device.Link.Accepted;
        TruthFile.Write(path, stage.Devices.Select(device => device.Voice.Truth));
    }

    private PlayProgress Figures() => new(published, stage.Counters.Acknowledged, stage.Counters.Refused, values, simulatedTo,
        stage.Devices.Count, stage.Counters.Connected, stage.Counters.Reconnects, isLive);
}
