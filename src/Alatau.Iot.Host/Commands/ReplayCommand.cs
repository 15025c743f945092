using System.CommandLine;
using System.Globalization;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Host.Recovery;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Host.Wiring;
using Alatau.Iot.Ingest.Sources;
using Alatau.Iot.Simulator.Recordings;
using Alatau.Iot.Storage.Corrections;
using Alatau.Iot.Storage.Recording;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Alatau.Iot.Host.Commands;

/// <summary><c>alatau replay</c>: takes old messages down the whole road again into a new data folder, with the profiles, fleets and rules of now: a rule tried on history.</summary>
internal static class ReplayCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var journal = new Option<string?>("--journal") { Description = "Data folder of a platform, running or not, or its journal's own folder; it is only read.", HelpName = "DIR" };
        var csv = new RecordingSwitches();
        var from = new Option<string?>("--from") { Description = "Only messages that arrived at or after this time.", HelpName = "2026-11-22T05:00:00Z" };
        var to = new Option<string?>("--to") { Description = "Only messages that arrived before this time.", HelpName = "TIME" };
        var into = new Option<string>("--into") { Description = "New data folder for what comes of it; 'alatau run --data DIR' shows it.", HelpName = "DIR", Required = true };
        var files = new PlatformSwitches();
        var command = new Command("replay", "Take the messages of a journal or a CSV file down the road again into a new data folder, with the profiles, fleets and alarm rules of now. Nobody is notified. Ends with the account.")
        {
            journal, from, to, into,
        };
        csv.AddTo(command);
        files.AddRulesTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var faults = new List<string>();
            var (begin, end) = (TimeOption.Read(parsed, from, faults) ?? Instant.MinValue, TimeOption.Read(parsed, to, faults) ?? Instant.MaxValue);
            string? folder = parsed.GetValue(journal) is { } named ? ReplaySource.JournalIn(named) : null;
            if (parsed.GetValue(journal) is { } empty && folder is null)
            {
                faults.Add($"--journal {empty}: there is no journal. Name the data folder of a platform that runs with Recovery:Journal.");
            }

            if (parsed.GetValue(journal) is null == csv.FileOf(parsed) is null)
            {
                faults.Add("Name one source: --journal DIR, or --csv FILE.");
            }

            if (begin >= end)
            {
                faults.Add("--from must be before --to.");
            }

            string target = Path.GetFullPath(parsed.GetValue(into)!);
            if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            {
                faults.Add($"--into {target}: it is not empty. Name a new folder, so that nothing old is mixed in.");
            }

            var recording = csv.FileOf(parsed) is null ? null : csv.Read(parsed, faults);
            if (faults.Count > 0)
            {
                throw new SettingsFaultException([.. faults]);
            }

            using var stop = new StopSignal();
            return await RunAsync(new ReplaySource(begin, end), folder, recording, Settings(files, parsed, target, recording is not null), output, error, stop.Token);
        });
        return command;
    }

    private static SettingsSource Settings(PlatformSwitches files, ParseResult parsed, string target, bool isRecording)
    {
        var source = files.Read(parsed, new Dictionary<string, string?>(StringComparer.Ordinal) { ["Ingest:AutoRegister"] = isRecording ? "true" : null }.Where(s => s.Value is not null).ToDictionary(StringComparer.Ordinal));
        var options = new Dictionary<string, string?>(source.Options, StringComparer.OrdinalIgnoreCase)
        {
            ["Platform:DataFolder"] = target,
            ["Platform:Bind"] = "127.0.0.1",
            ["Storage:Provider"] = "sqlite",
            ["Recovery:Journal"] = "false",

            // Everything has arrived before the first correction.
            ["Storage:Corrections:QuietMilliseconds"] = "0",
            ["Storage:Retention:RawDays"] = "0",

            // What is set aside arrived when the history did.
            ["Ingest:Quarantine:MaximumAge"] = "3650.00:00:00",
        };
        return new SettingsSource { ConfigFile = source.ConfigFile, Options = options };
    }

    private static async Task<int> RunAsync(
        ReplaySource source, string? folder, Recording? recording, SettingsSource settings, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var tally = new ReplayTally();
        await using var platform = Platform.Build(settings, services =>
        {
            // What comes of old messages is stored and counted; nobody is told, and nothing is live.
            services.RemoveAll<IAssetUpdateSink>();
            if (folder is not null)
            {
                // Its records name routes by number.
                services.RemoveAll<Ledger>();
                services.AddSingleton(_ => RoutesOf(folder));
            }

            services.AddSingleton<IAssetUpdateSink>(p => p.GetRequiredService<HistoryRecorder>());
            services.AddSingleton<IAssetUpdateSink>(p => p.GetRequiredService<CorrectionMarks>());
            services.AddSingleton<IAssetUpdateSink>(tally);
        });
        long began = TimeProvider.System.GetTimestamp();
        var ledger = platform.Rooms.GetRequiredService<Ledger>();
        bool isTerminal = !Console.IsErrorRedirected;
        using (isTerminal ? TimeProvider.System.CreateTimer(
            _ => error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{source.Read:N0} read, {ledger.Total().Stored:N0} stored   ")), null, TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500)) : null)
        {
            await platform.ReplayAsync(
                (rooms, token) => Task.Run(
                    () =>
                    {
                        if (recording is null)
                        {
                            source.FeedJournal(folder!, rooms, token);
                        }
                        else
                        {
                            source.FeedRecording(recording, rooms, token);
                        }
                    },
                    token),
                stop);
        }

        if (isTerminal)
        {
            await error.WriteLineAsync();
        }

        foreach (string missing in source.Missing)
        {
            await error.WriteLineAsync(missing);
        }

        var account = ledger.Total();
        var took = TimeProvider.System.GetElapsedTime(began);
        await output.WriteLineAsync(Account(source.Read, account, tally, platform.Rooms.GetRequiredService<IQuarantine>(), took));
        return source.Read > 0 && account is { Unaccounted: 0, Waiting: 0 } ? ExitCode.Success : ExitCode.Failure;
    }

    private static Ledger RoutesOf(string journalFolder)
    {
        var ledger = RouteNames.Open(journalFolder);
        ledger.Route(MqttRoad.RouteName);
        ledger.Route(HttpIntake.RouteName);
        return ledger;
    }

    private static string Account(long read, LedgerEntry account, ReplayTally tally, IQuarantine quarantine, TimeSpan took)
    {
        var lines = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"read         {read:N0} messages in {took.TotalSeconds:F1} s"),
            string.Create(CultureInfo.InvariantCulture, $"received     {account.Received:N0} = {account.Stored:N0} stored + {account.Duplicate:N0} duplicate + {account.Quarantined:N0} quarantined + {account.Waiting:N0} waiting"),
            string.Create(CultureInfo.InvariantCulture, $"readings     {tally.Readings:N0}"),
            string.Create(CultureInfo.InvariantCulture, $"windows      {tally.Windows:N0}, corrected {tally.Revised:N0} times"),
            string.Create(CultureInfo.InvariantCulture, $"alarm steps  {tally.Transitions.Values.Sum():N0}"),
        };
        lines.AddRange(tally.Transitions.Select(t => string.Create(CultureInfo.InvariantCulture, $"             {t.Value:N0}  {t.Key}")));
        lines.AddRange(quarantine.Counts.Where(c => c.Value > 0).Select(c => string.Create(CultureInfo.InvariantCulture, $"quarantined  {c.Value:N0}  {c.Key}")));
        return string.Join(Environment.NewLine, lines);
    }
}
