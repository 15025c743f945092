using System.CommandLine;
using Alatau.Iot.Host.Settings;

namespace Alatau.Iot.Host.Commands;

/// <summary>The verbs of <c>alatau</c>.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs; answers an <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Alatau.Iot: telemetry platform of a city utility. MQTT in, one actor per asset, alarms, history, console.")
        {
            DemoCommand.Create(output, error),
            RunCommand.Create(output, error),
            SimulateCommand.Create(output, error),
            ReplayCommand.Create(output, error),
            CheckCommand.Create(output, error),
            CredentialsCommand.Create(output, error),
            LedgerCommand.Create(output, error),
            QuarantineCommand.Create(output, error),
            BenchCommand.Create(output, error),
            RulesCommand.Create(output, error),
            InfluxCommand.Create(output),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var fault in parsed.Errors)
            {
                await error.WriteLineAsync(fault.Message);
            }

            await error.WriteLineAsync("Try --help.");
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (SettingsFaultException e)
        {
            foreach (string line in e.Lines)
            {
                await error.WriteLineAsync(line);
            }

            await error.WriteLineAsync(e.Lines.Count == 1 ? "1 fault; nothing was started." : FormattableString.Invariant($"{e.Lines.Count} faults; nothing was started."));
            return ExitCode.Usage;
        }
        catch (InvalidDataException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or Core.History.StoreException or UnauthorizedAccessException or AggregateException)
        {
            await error.WriteLineAsync(e is AggregateException { InnerExceptions: [var only, ..] } ? only.Message : e.Message);
            return ExitCode.Failure;
        }
    }
}
