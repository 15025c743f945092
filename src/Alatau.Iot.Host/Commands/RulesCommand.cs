using System.CommandLine;
using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Host.Wiring;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Storage.Sqlite;

namespace Alatau.Iot.Host.Commands;

/// <summary><c>alatau rules list|check|try</c>: alarm rules, and what they would have raised.</summary>
internal static class RulesCommand
{
    private const int Listed = 50;
    private static readonly TimeSpan s_usual = TimeSpan.FromDays(1);

    public static Command Create(TextWriter output, TextWriter error)
    {
        var command = new Command("rules", "Alarm rules: list them, check them, or try one on stored history.");
        command.Add(List(output));
        command.Add(Check(output));
        command.Add(Try(output, error));
        return command;
    }

    private static Command List(TextWriter output)
    {
        var switches = new PlatformSwitches();
        var command = new Command("list", "Every rule of the devices folder in a line: severity, kinds of assets, condition.");
        switches.AddFilesTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var plan = Read(switches, parsed);
            int name = plan.Files.Rules.Select(r => r.Name.Length).DefaultIfEmpty().Max();
            foreach (var rule in plan.Files.Rules)
            {
                string kinds = rule.Kinds.Count == 0 ? "all" : string.Join(",", rule.Kinds.Select(k => k.ToString().ToLowerInvariant()));
                await output.WriteLineAsync($"{rule.Name.PadRight(name)}  {rule.Severity.ToString().ToLowerInvariant(),-8}  {RuleText.Of(rule, plan.Files.Profiles.Measurands)}  [{kinds}]");
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Command Check(TextWriter output)
    {
        var place = new Argument<string?>("rule") { Description = "A rule's file or folder, or a folder of rules; the devices folder's when left out.", Arity = ArgumentArity.ZeroOrOne };
        var switches = new PlatformSwitches();
        var command = new Command("check", "Validate rules against measurands, units and the fleet: all faults at once, with file, path and cure. Exit code 2 when something is wrong.") { place };
        switches.AddFilesTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var plan = Read(switches, parsed);
            int rules = parsed.GetValue(place) is { } named ? Rules(plan, named).Count : plan.Files.Rules.Count;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{rules} {(rules == 1 ? "rule" : "rules")}. All well."));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Try(TextWriter output, TextWriter error)
    {
        var place = new Argument<string>("rule") { Description = "A rule's file or folder, a folder of rules, or the name of a rule of the devices folder." };
        var from = new Option<string?>("--from") { Description = "Start of the history to try it on. Default: a day before --to.", HelpName = "2026-11-22T05:00:00Z" };
        var to = new Option<string?>("--to") { Description = "Its end, exclusive. Default: now.", HelpName = "TIME" };
        var site = new Option<string?>("--site") { Description = "Only assets of this site.", HelpName = "NAME" };
        var asset = new Option<string?>("--asset") { Description = "Only this asset; it need not be in a fleet.", HelpName = "SITE/ASSET" };
        var operators = new Option<int>("--operators") { Description = "People among whom the alarms are divided. Default: 1", DefaultValueFactory = _ => 1 };
        var limit = new Option<int>("--limit") { Description = "Most alarms listed. Default: 50", DefaultValueFactory = _ => Listed };
        var switches = new PlatformSwitches();
        var command = new Command("try", "Run rules on the readings of the store (by the settings: the embedded one or InfluxDB) and show what they would have raised: when, where, for how long, how often against the targets of ISA-18.2. Nothing is written, nobody is told; the platform may run meanwhile.")
        {
            place, from, to, site, asset, operators, limit,
        };
        switches.AddFilesTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var faults = new List<string>();
            var end = TimeOption.Read(parsed, to, faults) ?? Instant.Now(TimeProvider.System);
            var begin = TimeOption.Read(parsed, from, faults) ?? end - s_usual;
            if (begin >= end && faults.Count == 0)
            {
                faults.Add("--from must be before --to.");
            }

            if (parsed.GetValue(operators) < 1 || parsed.GetValue(limit) < 0)
            {
                faults.Add("--operators must be at least 1, --limit at least 0.");
            }

            AssetId? only = null;
            if (parsed.GetValue(asset) is { } text)
            {
                only = AssetId.TryParse(text, out var id) ? id : null;
                if (only is null)
                {
                    faults.Add($"--asset {text}: write it as site/asset.");
                }
            }

            if (faults.Count > 0)
            {
                throw new SettingsFaultException([.. faults]);
            }

            var plan = Read(switches, parsed);
            var named = Rules(plan, parsed.GetValue(place)!);
            var rules = named.FindAll(r => r.Condition is not OutageCondition);
            foreach (var outage in named.Except(rules))
            {
                await error.WriteLineAsync($"{outage.Name}: left out. An outage, or a connection, is judged among all that depend on a place while they speak, which a trial on one asset after the other can't do.");
            }

            if (rules.Count == 0)
            {
                return ExitCode.Failure;
            }

            var assets = Assets(plan, rules, parsed.GetValue(site), only);
            using var cancel = new StopSignal();
            using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, cancel.Token);
            return await TryAsync(plan, rules, assets, begin, end, parsed.GetValue(operators), parsed.GetValue(limit), output, error, both.Token);
        });
        return command;
    }

    private static PlatformPlan Read(PlatformSwitches switches, ParseResult parsed) => PlatformPlan.Read(switches.Read(parsed, new Dictionary<string, string?>(StringComparer.Ordinal)));

    private static List<AlarmRule> Rules(PlatformPlan plan, string place)
    {
        var faults = new FileFaults();
        var found = RuleFiles.Read(place, plan.DevicesFolder, plan.Files.Profiles.Measurands, faults);
        Asset[] assets = [.. plan.Files.Fleets.SelectMany(f => f.Assets)];
        foreach (var (rule, file) in found)
        {
            AlarmRuleCheck.Attributes(rule, file, assets, faults);
        }

        return faults.Any ? throw new SettingsFaultException([.. SettingsFaultException.Of(faults)]) : [.. found.Select(f => f.Rule)];
    }

    private static List<Asset> Assets(PlatformPlan plan, List<AlarmRule> rules, string? site, AssetId? only)
    {
        var assets = plan.Files.Fleets.SelectMany(f => f.Assets).ToList();
        if (site is not null && plan.Files.Fleets.SelectMany(f => f.Sites).All(s => s.Name != site))
        {
            throw new SettingsFaultException([$"--site {site}: no fleet has it. Write one of: {string.Join(", ", plan.Files.Fleets.SelectMany(f => f.Sites).Select(s => s.Name))}."]);
        }

        if (only is { } id && assets.All(a => a.Id != id))
        {
            assets.Add(new Asset(id, id.Name, AssetKind.Unknown));
        }

        return [.. assets.Where(a => (site is null || a.Id.Site == site) && (only is null || a.Id == only) && rules.Any(r => r.AppliesTo(a)))];
    }

    private static async Task<int> TryAsync(
        PlatformPlan plan, List<AlarmRule> rules, List<Asset> assets, Instant from, Instant to, int operators, int limit, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var measurands = plan.Files.Profiles.Measurands;
        await using IHistoryStore store = plan.Storage.Provider switch
        {
            StorageProvider.Sqlite => new SqliteHistoryStore(plan.Sqlite, plan.Retention, plan.DataFolder, new AssetDirectory(), measurands),
            StorageProvider.Influx => new InfluxHistoryStore(plan.Influx, plan.Retention, new AssetDirectory(), measurands),
            _ => throw new SettingsFaultException(["Storage:Provider is none: there is no history. Name a store by --config or --set Storage:Provider=sqlite."]),
        };
        await store.OpenToReadAsync(stop);
        long began = TimeProvider.System.GetTimestamp();
        var trial = new RuleTrial(store, measurands, rules, plan.Processing, [.. plan.Files.Fleets.SelectMany(f => f.Sites)]);
        bool isTerminal = !Console.IsErrorRedirected;
        for (int i = 0; i < assets.Count; i++)
        {
            stop.ThrowIfCancellationRequested();
            if (isTerminal)
            {
                await error.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"\r{i + 1:N0} of {assets.Count:N0} assets, {trial.Readings:N0} readings   "));
            }

            await trial.TryAsync(assets[i], from, to, stop);
        }

        if (isTerminal)
        {
            await error.WriteLineAsync();
        }

        var took = TimeProvider.System.GetElapsedTime(began);
        foreach (var rule in rules)
        {
            await output.WriteLineAsync($"{rule.Name}: {rule.Title}. {RuleText.Of(rule, measurands)}");
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{from} to {to}: {trial.Judged:N0} of {assets.Count:N0} assets have readings, {trial.Readings:N0} of them in {took.TotalSeconds:F1} s"));
        await output.WriteLineAsync();
        foreach (string line in RuleTrialReport.Lines(trial.Steps, from, to, operators, limit))
        {
            await output.WriteLineAsync(line);
        }

        return trial.Readings > 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
