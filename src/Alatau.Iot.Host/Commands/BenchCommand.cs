using System.CommandLine;
using System.Globalization;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Simulator.Load;

namespace Alatau.Iot.Host.Commands;

/// <summary><c>alatau bench</c>: pipelined publishers against any broker, with the sums of what was sent.</summary>
internal static class BenchCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var broker = new Option<string>("--broker") { Description = "Where to publish.", HelpName = "mqtt://HOST:PORT", DefaultValueFactory = _ => "mqtt://127.0.0.1:1883" };
        var messages = new Option<long>("--messages") { Description = "Messages in all.", HelpName = "N", DefaultValueFactory = _ => 1_000_000 };
        var publishers = new Option<int>("--publishers") { Description = "Connections that publish at once.", HelpName = "N", DefaultValueFactory = _ => 2 };
        var assets = new Option<int>("--assets") { Description = "Assets the messages are spread over.", HelpName = "N", DefaultValueFactory = _ => 1000 };
        var qos = new Option<int>("--qos") { Description = "Quality of service, 0 or 1.", HelpName = "N" };
        var inFlight = new Option<int>("--in-flight") { Description = "At QoS 1: unacknowledged messages a publisher may have.", HelpName = "N", DefaultValueFactory = _ => 1000 };
        var rate = new Option<double>("--rate") { Description = "Messages a second in all; 0 sends as fast as they are taken.", HelpName = "N" };
        var seed = new Option<int>("--seed") { Description = "Seed of the values.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var command = new Command("bench", "Publish a bounded, seeded load of native telemetry (six measurands a message) and print rate and sums. The platform needs Ingest:AutoRegister=true.")
        {
            broker, messages, publishers, assets, qos, inFlight, rate, seed,
        };
        command.SetAction(async (parsed, _) =>
        {
            if (!Uri.TryCreate(parsed.GetValue(broker), UriKind.Absolute, out var uri) || uri.Scheme != "mqtt")
            {
                throw new SettingsFaultException([$"--broker {parsed.GetValue(broker)}: write it as mqtt://host:port or mqtt://user:password@host:port."]);
            }

            string[] user = uri.UserInfo.Split(':', 2);
            long count = parsed.GetValue(messages);
            var step = TimeSpan.FromSeconds(1);
            long turns = (count / Math.Max(1, parsed.GetValue(assets))) + 1;
            var options = new LoadOptions
            {
                Host = uri.Host,
                Port = uri.Port > 0 ? uri.Port : 1883,
                User = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
                Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
                Messages = count,
                Publishers = parsed.GetValue(publishers),
                Assets = parsed.GetValue(assets),
                QoS = parsed.GetValue(qos),
                InFlight = parsed.GetValue(inFlight),
                Rate = parsed.GetValue(rate),
                Seed = parsed.GetValue(seed),
                Start = Instant.Now(TimeProvider.System) - (step * turns),
                Step = step,
            };
            var faults = new List<System.ComponentModel.DataAnnotations.ValidationResult>();
            if (!System.ComponentModel.DataAnnotations.Validator.TryValidateObject(options, new(options), faults, validateAllProperties: true))
            {
                throw new SettingsFaultException([.. faults.Select(f => f.ErrorMessage ?? "")]);
            }

            using var stop = new StopSignal();
            var result = await Task.Run(() => LoadGenerator.Run(options, TimeProvider.System, stop.Token));
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"sent {result.Sent:N0} messages at QoS {options.QoS} in {result.Elapsed.TotalSeconds:F2} s: {result.MessagesPerSecond:N0} a second, {result.Bytes / 1e6 / result.Elapsed.TotalSeconds:F0} MB/s; acknowledged {result.Acknowledged:N0}; sum of activePower {result.PowerSumWatts:F1} W, of last energyImport {result.FinalEnergyWattHours:F1} Wh; seed {options.Seed}"));
            return result.Acknowledged == result.Sent ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }
}
