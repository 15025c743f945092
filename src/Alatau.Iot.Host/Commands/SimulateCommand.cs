using System.CommandLine;
using System.Globalization;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Host.Wiring;
using Alatau.Iot.Mqtt.Client;
using Alatau.Iot.Simulator.Playing;
using Alatau.Iot.Simulator.Scenarios;

namespace Alatau.Iot.Host.Commands;

/// <summary><c>alatau simulate</c>: a fleet plays over real MQTT connections to any broker.</summary>
internal static class SimulateCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var broker = new Option<string>("--broker") { Description = "Where to publish; mqtts:// for TLS. User and password may stand in it.", HelpName = "mqtt://HOST:PORT", DefaultValueFactory = _ => "mqtt://127.0.0.1:1883" };
        var scenario = new Option<string>("--scenario") { Description = "A scenario file, or a name under devices/scenarios.", HelpName = "FILE", DefaultValueFactory = _ => "demo" };
        var devices = new Option<string?>("--devices") { Description = "Folder of the scenarios. Default: ./devices", HelpName = "DIR" };
        var recordings = new Option<string?>("--recordings") { Description = "Folder of recorded CSV files that do not lie beside the scenario.", HelpName = "DIR" };
        var seed = new Option<long?>("--seed") { Description = "Replaces the scenario's seed.", HelpName = "N" };
        var speed = new Option<string?>("--speed") { Description = "Replaces the scenario's speed: 1 is real time, 60 a minute a second, max as fast as the broker takes it. A recording with a speed of its own keeps it.", HelpName = "N|max" };
        var duration = new Option<string?>("--duration") { Description = "Replaces the scenario's duration, in simulated time.", HelpName = "2h" };
        var qos = new Option<int?>("--qos") { Description = "Replaces the scenario's quality of service, 0 or 1.", HelpName = "N" };
        var truth = new Option<string?>("--truth") { Description = "Write what was really published, as JSON lines, to compare a platform's sums with.", HelpName = "FILE" };
        var authority = new Option<string?>("--ca") { Description = "PEM file of the authority behind the broker's certificate.", HelpName = "FILE" };
        var command = new Command("simulate", "Play a fleet of meters, solar plants and sensors over real MQTT connections, one a device, to any broker.")
        {
            broker, scenario, devices, recordings, seed, speed, duration, qos, truth, authority,
        };
        command.SetAction(async (parsed, _) =>
        {
            var options = new ScenarioPlayerOptions
            {
                Broker = MqttClientOptions.TryParse(parsed.GetValue(broker), out var _)
                    ? parsed.GetValue(broker)!
                    : throw new SettingsFaultException(["--broker: write it as mqtt://[user:password@]host[:port] or mqtts://…"]),
                Seed = parsed.GetValue(seed),
                Speed = ReadSpeed(parsed.GetValue(speed)),
                Duration = ReadDuration(parsed.GetValue(duration)),
                QualityOfService = parsed.GetValue(qos) is null or 0 or 1 ? parsed.GetValue(qos) : throw new SettingsFaultException(["--qos: write 0 or 1."]),
                TruthPath = parsed.GetValue(truth),
                AuthorityPath = parsed.GetValue(authority),
            };
            string file = ScenarioFiles.Find(DevicesFolder.Find(parsed.GetValue(devices)), parsed.GetValue(scenario)!);
            var played = ScenarioFiles.Load(file, new ScenarioLoadOptions { RecordingsFolder = parsed.GetValue(recordings) });
            using var stop = new StopSignal();
            var progress = new PlayReport(error);
            var result = await ScenarioPlayer.RunAsync(played, options, progress, stop.Token);
            progress.End();
            var figures = result.Progress;
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Outcome}: {figures.Devices} devices, published {figures.Published:N0} messages with {figures.Values:N0} values, acknowledged {figures.Acknowledged:N0}, refused {figures.Refused:N0}, waiting {result.Waiting:N0}, in {result.Elapsed.TotalSeconds:F1} s, simulated to {figures.SimulatedTo}"));
            if (result.Problem is { } problem)
            {
                await error.WriteLineAsync(problem);
            }

            return result.Outcome != PlayOutcome.BrokerUnreachable && figures.Refused == 0 && result.Waiting == 0 ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }

    private static double? ReadSpeed(string? text)
    {
        switch (text)
        {
            case null:
                return null;
            case "max":
                return Scenario.MaximumSpeed;
            default:
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double speed) && speed is > 0 and <= 1e6
                    ? speed
                    : throw new SettingsFaultException([$"--speed {text}: write a number above 0, or max."]);
        }
    }

    private static TimeSpan? ReadDuration(string? text) =>
        text is null ? null
        : FileNode.TryDuration(text, out var span) && span > TimeSpan.Zero ? span
        : throw new SettingsFaultException([$"--duration {text}: write a number and its unit: 90s, 30m, 2h or 7d."]);
}
