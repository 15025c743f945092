using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Alatau.Iot.Host.Settings;

namespace Alatau.Iot.Host.Commands;

/// <summary><c>alatau quarantine list|show|replay</c>: messages that could not be taken, of a running platform or of the data folder of a stopped one.</summary>
internal static class QuarantineCommand
{
    private const int DefaultLimit = 100;

    public static Command Create(TextWriter output, TextWriter error)
    {
        var command = new Command("quarantine", "Messages that could not be taken: see them, and send them through again after a profile or a fleet was mended. Asks a running platform (--url), or opens the data folder of a stopped one (--data).");
        command.Add(List(output));
        command.Add(Show(output));
        command.Add(Replay(output, error));
        return command;
    }

    private static Command List(TextWriter output)
    {
        var (place, which) = (new QuarantinePlace(), new QuarantineSwitches());
        var limit = new Option<int>("--limit") { Description = "Most messages.", HelpName = "N", DefaultValueFactory = _ => DefaultLimit };
        var replayed = new Option<bool>("--replayed") { Description = "Also those that were sent through again." };
        var command = new Command("list", "List them, newest first.") { limit, replayed };
        which.AddTo(command);
        place.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var filter = which.Read(parsed);
            int most = parsed.GetValue(limit) is var n and > 0 ? n : throw new SettingsFaultException(["--limit: write a number above 0."]);
            var rows = await place.ListAsync(parsed, filter, most, parsed.GetValue(replayed), stop);
            foreach (var row in rows)
            {
                await output.WriteLineAsync(row.Line());
            }

            await output.WriteLineAsync(rows.Count == most
                ? string.Create(CultureInfo.InvariantCulture, $"The newest {rows.Count:N0}; --limit shows more.")
                : string.Create(CultureInfo.InvariantCulture, $"{rows.Count:N0} in quarantine."));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Show(TextWriter output)
    {
        var place = new QuarantinePlace();
        var number = new Argument<long>("number") { Description = "Its number, as the list shows it." };
        var command = new Command("show", "Show one message whole, with its payload and why it could not be taken.") { number };
        place.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var row = await place.FindAsync(parsed, parsed.GetValue(number), stop);
            await output.WriteLineAsync(row.Whole());
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Replay(TextWriter output, TextWriter error)
    {
        var (place, which) = (new QuarantinePlace(), new QuarantineSwitches());
        var number = new Argument<long?>("number") { Description = "Only this message.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "The counts as JSON." };
        var command = new Command("replay", "Send them through again, the oldest first. Those that can be taken now leave the quarantine; in the ledger they become stored or duplicate. Exit code 1 when some still can't be taken.") { number, json };
        which.AddTo(command);
        place.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            using var interrupted = new StopSignal();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, interrupted.Token);
            var result = parsed.GetValue(number) is { } one
                ? await place.ReplayAsync(parsed, one, either.Token)
                : await place.ReplayAsync(parsed, which.Read(parsed), either.Token);
            foreach (var refused in result.Refused)
            {
                await error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{refused.Number}: {(refused.Reason is { } reason ? JsonNamingPolicy.CamelCase.ConvertName(reason.ToString()) : "not taken")}: {refused.Detail}"));
            }

            long unnamed = result.RefusedCount - result.Refused.Count;
            if (unnamed > 0)
            {
                await error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"… and {unnamed:N0} more."));
            }

            await output.WriteLineAsync(parsed.GetValue(json)
                ? string.Create(CultureInfo.InvariantCulture, $"{{\"tried\":{result.Tried},\"taken\":{result.Taken},\"refused\":{result.RefusedCount},\"busy\":{result.Busy}}}")
                : string.Create(CultureInfo.InvariantCulture, $"Sent {result.Tried:N0} through again: {result.Taken:N0} taken, {result.RefusedCount:N0} still can't be taken{(result.Busy > 0 ? string.Create(CultureInfo.InvariantCulture, $", {result.Busy:N0} not tried, since the road was full") : "")}."));
            return result.RefusedCount + result.Busy == 0 ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }
}
