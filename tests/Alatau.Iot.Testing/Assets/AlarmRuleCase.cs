using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Testing.Assets;

/// <summary>One case of an alarm rule: <c>devices/alarm-rules/&lt;rule&gt;/cases/&lt;case&gt;/{readings.csv,expected.json}</c>, run through the real processor.</summary>
/// <remarks>Seconds count from <see cref="AssetUnderTest.Start"/>; each reading arrives as it is measured, and every deadline on the way is kept to the millisecond.</remarks>
public sealed class AlarmRuleCase
{
    private readonly AlarmRule _rule;
    private readonly string _folder;

    private AlarmRuleCase(AlarmRule rule, string folder) => (_rule, _folder) = (rule, folder);

    /// <summary>Reads a rule through the platform's own reader.</summary>
    /// <exception cref="InvalidDataException">The rule has faults; the message names all.</exception>
    public static AlarmRule ReadRule(string ruleFolder)
    {
        string file = Path.Combine(ruleFolder, "rule.json");
        var faults = new FileFaults();
        var rule = AlarmRuleReader.Read(Path.GetFileName(ruleFolder), file, File.ReadAllBytes(file), AssetUnderTest.Catalog, faults);
        return rule ?? throw new InvalidDataException(string.Join(Environment.NewLine, faults.All));
    }

    public static AlarmRuleCase Load(string caseFolder) => new(ReadRule(Path.GetDirectoryName(Path.GetDirectoryName(caseFolder))!), caseFolder);

    /// <summary>Plays the readings.</summary>
    /// <returns>What was expected and what came, as lines to compare.</returns>
    /// <exception cref="InvalidDataException">The case's files have faults.</exception>
    public (string Expected, string Actual) Run()
    {
        string file = Path.Combine(_folder, "expected.json");
        var faults = new FileFaults();
        var root = FileNode.Parse(file, File.ReadAllBytes(file), faults) ?? throw new InvalidDataException(faults.All[0].ToString());
        var asset = ReadAsset(root.Child("asset"));
        double until = root.Number("untilSeconds", required: true) ?? 0;
        var expected = new StringBuilder();
        foreach (var node in root.Items("transitions"))
        {
            Write(expected, node.Number("seconds", required: true) ?? 0, node.Choice<AlarmState>("from", required: true), node.Choice<AlarmState>("to", required: true), node.Number("value"), node.Text("why"), node.Choice<AlarmSeverity>("severity"));
            node.ReportUnknown();
        }

        root.ReportUnknown();
        if (faults.Any)
        {
            throw new InvalidDataException(string.Join(Environment.NewLine, faults.All));
        }

        var actual = new StringBuilder();
        foreach (var transition in Play(asset, until))
        {
            Write(actual, (transition.At - AssetUnderTest.Start).TotalSeconds, transition.From, transition.To, transition.Value, transition.Why, _rule.Condition is LimitCondition { IsLadder: true } ? transition.Severity : null);
        }

        return (expected.ToString(), actual.ToString());
    }

    private List<AlarmTransition> Play(Asset asset, double until)
    {
        var subject = new AssetUnderTest(asset, [_rule]);
        string file = Path.Combine(_folder, "readings.csv");
        string[] lines = File.ReadAllLines(file);
        if (lines.Length < 2 || lines[0] != "seconds,measurand,value")
        {
            throw new InvalidDataException($"{file}: the first line must be 'seconds,measurand,value', with at least one reading below.");
        }

        foreach (string[] fields in lines.Skip(1).Select(line => line.Split(',')))
        {
            double seconds = double.Parse(fields[0], CultureInfo.InvariantCulture);
            Wait(subject, AssetUnderTest.At(seconds));
            subject.Post(seconds, fields[1], double.Parse(fields[2], CultureInfo.InvariantCulture));
        }

        Wait(subject, AssetUnderTest.At(until));
        return subject.Transitions;
    }

    /// <summary>Keeps every deadline up to <paramref name="to"/>, inclusive.</summary>
    private static void Wait(AssetUnderTest subject, Instant to)
    {
        while (subject.NextDeadline <= to)
        {
            var deadline = subject.NextDeadline;
            subject.Tick((deadline - AssetUnderTest.Start).TotalSeconds);
            if (subject.NextDeadline <= deadline)
            {
                throw new InvalidOperationException($"A tick at {deadline} left the same deadline.");
            }
        }
    }

    private static Asset ReadAsset(FileNode? node)
    {
        if (node is null)
        {
            throw new InvalidDataException("A case needs an asset.");
        }

        var asset = new Asset(AssetId.Of("case", "asset"), "Asset", node.Choice<AssetKind>("kind", required: true) ?? AssetKind.Unknown)
        {
            ReportingInterval = node.Duration("reportingInterval"),
            RatedPowerWatts = node.Number("ratedPowerWatts", 0),
            Attributes = node.Members("attributes").ToDictionary(m => m.Name, m => m.Node.Element.ToString(), StringComparer.Ordinal),
        };
        node.ReportUnknown();
        return asset;
    }

    private static void Write(StringBuilder text, double seconds, AlarmState? from, AlarmState? to, double? value, string? why, AlarmSeverity? severity) =>
        text.AppendLine(CultureInfo.InvariantCulture, $"{seconds} s: {from} -> {to}, value {value?.ToString(CultureInfo.InvariantCulture) ?? "none"}, {why}{(severity is null ? "" : $", {severity}")}");
}
