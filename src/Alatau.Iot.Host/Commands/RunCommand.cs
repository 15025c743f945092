using System.CommandLine;
using Alatau.Iot.Host.Wiring;

namespace Alatau.Iot.Host.Commands;

/// <summary><c>alatau run</c>: the platform.</summary>
internal static class RunCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var switches = new PlatformSwitches();
        var command = new Command("run", "Run the platform: MQTT endpoint, asset runtime, history, alarms, API and console.");
        switches.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            using var stop = new StopSignal();
            await using var platform = Platform.Build(switches.Read(parsed, new Dictionary<string, string?>(StringComparer.Ordinal)));
            if (!await platform.StartAsync(stop.Token))
            {
                return ExitCode.Success;
            }

            platform.Announce(output);
            return await platform.WaitAsync(error, companion: null, stop.Token) ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }
}
