using System.CommandLine;
using Alatau.Iot.Host.Wiring;

namespace Alatau.Iot.Host.Commands;

/// <summary><c>alatau check</c>: reads every file under devices/ and every setting, and reports all faults at once.</summary>
internal static class CheckCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var switches = new PlatformSwitches();
        var command = new Command("check", "Validate settings, profiles, alarm rules, fleets, scenarios and subscriptions; nothing is started. Exit code 2 when something is wrong.");
        switches.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var plan = PlatformPlan.Read(switches.Read(parsed, new Dictionary<string, string?>(StringComparer.Ordinal)), alsoScenarios: true);
            await output.WriteLineAsync(plan.Describe());
            return ExitCode.Success;
        });
        return command;
    }
}
