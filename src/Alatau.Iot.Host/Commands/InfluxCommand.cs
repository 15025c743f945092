using System.CommandLine;
using System.Globalization;
using Alatau.Iot.Core.History;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Storage.Influx.Setup;
using Microsoft.Extensions.Configuration;

namespace Alatau.Iot.Host.Commands;

/// <summary><c>alatau influx setup|check</c>: databases and policies of InfluxDB 1.x, buckets, retention and DBRP mappings of 2.x, as the settings want them.</summary>
internal static class InfluxCommand
{
    public static Command Create(TextWriter output)
    {
        var command = new Command("influx", "Prepare InfluxDB for the platform and its boards: one database (1.x) or bucket (2.x) for each tier of history, with its retention (Storage:Retention).");
        command.Add(Setup(output));
        command.Add(Check(output));
        return command;
    }

    private static Command Setup(TextWriter output)
    {
        var switches = new PlatformSwitches();
        var shorten = new Option<bool>("--shorten") { Description = "Also make a retention shorter where the settings say so: what is older is deleted." };
        var command = new Command("setup", "Create what is missing and mend what differs. Running it again changes nothing. Exit code 1 when something is left that differs.") { shorten };
        switches.AddTo(command);
        command.SetAction((parsed, stop) => RunAsync(output, switches.Read(parsed, new Dictionary<string, string?>(StringComparer.Ordinal)), mend: true, parsed.GetValue(shorten), stop));
        return command;
    }

    private static Command Check(TextWriter output)
    {
        var switches = new PlatformSwitches();
        var command = new Command("check", "Say what differs and the cure; nothing is changed. Exit code 1 when something differs.");
        switches.AddTo(command);
        command.SetAction((parsed, stop) => RunAsync(output, switches.Read(parsed, new Dictionary<string, string?>(StringComparer.Ordinal)), mend: false, shorten: false, stop));
        return command;
    }

    private static async Task<int> RunAsync(TextWriter output, SettingsSource source, bool mend, bool shorten, CancellationToken stop)
    {
        var builder = new ConfigurationBuilder();
        source.AddTo(builder);
        var reader = new OptionsReader(builder.Build());
        var influx = reader.Read<InfluxOptions>();
        var retention = reader.Read<RetentionOptions>();
        if (reader.Faults.Count > 0)
        {
            throw new SettingsFaultException(reader.Faults);
        }

        using var setup = new InfluxSetup(influx, retention);
        var lines = await setup.RunAsync(mend, shorten, stop);
        foreach (var line in lines)
        {
            await output.WriteLineAsync(line.Text);
        }

        int left = lines.Count(line => !line.IsWell);
        await output.WriteLineAsync(left == 0 ? "All well." : string.Create(CultureInfo.InvariantCulture, $"{left} {(left == 1 ? "thing differs" : "things differ")}."));
        return left == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
