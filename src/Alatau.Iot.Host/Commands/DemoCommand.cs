using System.CommandLine;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Host.Wiring;
using Alatau.Iot.Simulator.Playing;

namespace Alatau.Iot.Host.Commands;

/// <summary><c>alatau demo</c>: the platform with a simulated district that publishes over real MQTT.</summary>
internal static class DemoCommand
{
    private const string DefaultScenario = "demo";

    /// <summary>How long the simulator waits for its acknowledgements at the end: a part of <see cref="Platform.StopTimeout"/>.</summary>
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(1);

    public static Command Create(TextWriter output, TextWriter error)
    {
        var switches = new PlatformSwitches();
        var scenario = new Option<string>("--scenario")
        {
            Description = "Scenario to play: a name under devices/scenarios, or a file.",
            HelpName = "NAME",
            DefaultValueFactory = _ => DefaultScenario,
        };
        var command = new Command("demo", "Watch a simulated district of Alatau City live: the platform and a simulator in one process, over real MQTT.");
        switches.AddTo(command);
        command.Add(scenario);
        command.SetAction(async (parsed, _) =>
        {
            using var stop = new StopSignal();
            var played = ScenarioFiles.Load(ScenarioFiles.Find(DevicesFolder.Find(switches.DevicesFolder(parsed)), parsed.GetValue(scenario)!));
            var defaults = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Ingest:AutoRegister"] = "true" };
            if (played.Fleet is not null)
            {
                defaults["Platform:Fleets"] = Path.GetFileNameWithoutExtension(played.FleetFile);
            }

            await using var platform = Platform.Build(switches.Read(parsed, defaults));
            if (!await platform.StartAsync(stop.Token))
            {
                return ExitCode.Success;
            }

            platform.Announce(output);
            using var playing = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            var play = ScenarioPlayer.RunAsync(played, new ScenarioPlayerOptions { Broker = platform.MqttAddress.ToString().TrimEnd('/'), DrainTimeout = s_drain }, progress: null, playing.Token);
            bool well = await platform.WaitAsync(error, play, stop.Token);
            await playing.CancelAsync();
            await ((Task)play).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return well ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }
}
