using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Ingest.Decoding;

namespace Alatau.Iot.Host.Wiring;

/// <summary>Everything a person wrote under <c>devices/</c>, read and validated.</summary>
internal sealed record DeviceFiles(ProfileCatalog Profiles, IReadOnlyList<AlarmRule> Rules, IReadOnlyList<Fleet> Fleets)
{
    /// <summary>Name of the folder of alarm rules.</summary>
    public const string RulesFolder = "alarm-rules";

    /// <summary>Reads profiles, alarm rules and the fleets named; every fault of every file goes to <paramref name="faults"/>.</summary>
    /// <param name="folder">The devices folder.</param>
    /// <param name="fleets">Names separated by commas, or <c>*</c> for all.</param>
    /// <param name="faults">Takes what is wrong; when it has any, the answer is of no use.</param>
    public static DeviceFiles Load(string folder, string fleets, FileFaults faults)
    {
        var profiles = ProfileCatalog.Load(Path.Combine(folder, "profiles"), faults);
        var rules = ReadRules(folder, profiles, faults);
        var read = new List<Fleet>();
        foreach (string file in FleetFiles(folder, fleets, faults))
        {
            if (FleetReader.Read(file, File.ReadAllBytes(file), faults) is { } fleet)
            {
                read.Add(fleet);
            }
        }

        foreach (var twin in read.SelectMany(f => f.Assets.Select(a => (a.Id, f.Name))).GroupBy(a => a.Id).Where(g => g.Count() > 1))
        {
            faults.Add(Path.Combine(folder, "fleets"), "$.assets", $"Asset '{twin.Key}' stands in {string.Join(" and ", twin.Select(t => t.Name))}", "Keep it in one fleet");
        }

        foreach (var binding in read.SelectMany(f => f.Bindings).Where(b => profiles.Profiles.All(p => p.Name != b.Profile)))
        {
            faults.Add(Path.Combine(folder, "fleets"), "$.assets", $"Asset '{binding.Asset}' is bound by profile '{binding.Profile}', which doesn't exist", $"Use one of: {string.Join(", ", profiles.Profiles.Select(p => p.Name))}");
        }

        Asset[] assets = [.. read.SelectMany(f => f.Assets)];
        foreach (var rule in rules)
        {
            AlarmRuleCheck.Attributes(rule, RuleFile(Path.Combine(folder, RulesFolder, rule.Name)), assets, faults);
        }

        return new DeviceFiles(profiles, rules, read);
    }

    /// <summary>A new directory of the fleets' assets.</summary>
    public AssetDirectory Register()
    {
        var directory = new AssetDirectory();
        foreach (var asset in Fleets.SelectMany(f => f.Assets))
        {
            directory.TryRegister(asset, out _);
        }

        return directory;
    }

    private static List<AlarmRule> ReadRules(string folder, ProfileCatalog profiles, FileFaults faults)
    {
        string from = Path.Combine(folder, RulesFolder);
        var rules = new List<AlarmRule>();
        string[] folders = Directory.Exists(from) ? [.. Directory.GetDirectories(from).Order(StringComparer.Ordinal)] : [];
        foreach (string rule in folders)
        {
            if (ReadRule(rule, profiles.Measurands, faults) is { } read)
            {
                rules.Add(read);
            }
        }

        return rules;
    }

    /// <summary>Reads the rule of one folder; null when something is wrong with it.</summary>
    public static AlarmRule? ReadRule(string ruleFolder, MeasurandCatalog measurands, FileFaults faults)
    {
        string file = RuleFile(ruleFolder);
        if (!File.Exists(file))
        {
            faults.Add(file, "$", "The rule's folder holds no rule.json", "Add it, or remove the folder");
            return null;
        }

        return AlarmRuleReader.Read(Path.GetFileName(ruleFolder), file, File.ReadAllBytes(file), measurands, faults);
    }

    private static string RuleFile(string ruleFolder) => Path.Combine(ruleFolder, "rule.json");

    private static IEnumerable<string> FleetFiles(string folder, string fleets, FileFaults faults)
    {
        string from = Path.Combine(folder, "fleets");
        if (fleets.Trim() == "*")
        {
            return Directory.Exists(from) ? Directory.GetFiles(from, "*.json").Order(StringComparer.Ordinal) : [];
        }

        var files = new List<string>();
        foreach (string name in fleets.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string file = Path.Combine(from, name + ".json");
            if (File.Exists(file))
            {
                files.Add(file);
            }
            else
            {
                faults.Add(file, "$", "There is no such fleet", "Correct Platform:Fleets, or add the file");
            }
        }

        return files;
    }
}
