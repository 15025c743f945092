using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Outages;

namespace Alatau.Iot.Testing.Assets;

/// <summary>One case of a rule for outages: <c>cases/&lt;case&gt;/{signs.csv,expected.json}</c>, run through the real judge over an <see cref="OutageGrid"/>.</summary>
/// <remarks>
/// <c>signs.csv</c> has <c>seconds,asset,sign,at</c>: when the sign comes, whose (<c>t1f1*</c> for all whose names begin so), <c>heard</c>, <c>silent</c> or <c>gasp</c>, and the instant it speaks of: the last measurement,
/// or the gasp. <c>expected.json</c> has the grid (<c>feeders</c>: meters of each feeder by transformer; <c>interval</c>; <c>gateways</c> with <c>name</c>, <c>devices</c> and <c>fedBy</c>) and what the judge decides. It looks at every sign and every second.
/// </remarks>
public static class OutageRuleCase
{
    private const string Heading = "seconds,asset,sign,at";

    /// <summary>Plays the signs.</summary>
    /// <returns>What was expected and what came, as lines to compare.</returns>
    /// <exception cref="InvalidDataException">The case's files have faults.</exception>
    public static (string Expected, string Actual) Run(OutageCondition condition, string folder)
    {
        string file = Path.Combine(folder, "expected.json");
        var faults = new FileFaults();
        var root = FileNode.Parse(file, File.ReadAllBytes(file), faults) ?? throw new InvalidDataException(faults.All[0].ToString());
        int[][] feeders = [.. root.Items("feeders").Select(t => t.Element.EnumerateArray().Select(f => f.GetInt32()).ToArray())];
        GridGateway[] gateways = [.. root.Items("gateways").Select(ReadGateway)];
        var interval = root.Duration("interval", required: true);
        var grid = condition.IsConnection ? new OutageGrid(feeders, null, interval, gateways, condition) : new OutageGrid(feeders, condition, interval, gateways);
        int until = (int)(root.Number("untilSeconds", required: true) ?? 0);
        var expected = new StringBuilder();
        foreach (var node in root.Items("steps"))
        {
            Write(expected, node.Number("seconds", required: true) ?? 0, node.Choice<OutageAction>("step", required: true), node.Text("place", required: true), node.Number("customers", required: true));
            node.ReportUnknown();
        }

        root.ReportUnknown();
        if (faults.Any)
        {
            throw new InvalidDataException(string.Join(Environment.NewLine, faults.All));
        }

        return (expected.ToString(), Play(grid, Path.Combine(folder, "signs.csv"), until));
    }

    private static GridGateway ReadGateway(FileNode node)
    {
        var gateway = new GridGateway(node.Text("name", required: true) ?? "", [.. node.Items("devices").Select(d => d.Element.GetString()!)], node.Text("fedBy"));
        node.ReportUnknown();
        return gateway;
    }

    private static string Play(OutageGrid grid, string file, int until)
    {
        string[] lines = File.ReadAllLines(file);
        if (lines.Length < 2 || lines[0] != Heading)
        {
            throw new InvalidDataException($"{file}: the first line must be '{Heading}', with at least one sign below.");
        }

        var actual = new StringBuilder();
        var signs = new Queue<string[]>(lines.Skip(1).Select(l => l.Split(',')));
        for (int second = 0; second <= until; second++)
        {
            while (signs.TryPeek(out string[]? sign) && double.Parse(sign[0], CultureInfo.InvariantCulture) <= second)
            {
                Take(grid, signs.Dequeue(), file);
            }

            var changes = new List<OutageChange>();
            grid.Judge.Judge(AssetUnderTest.At(second), changes);
            foreach (var change in changes)
            {
                Write(actual, second, change.Action, change.Place.Id.Name, change.Silent);
            }
        }

        return actual.ToString();
    }

    private static void Take(OutageGrid grid, string[] sign, string file)
    {
        double at = double.Parse(sign[3], CultureInfo.InvariantCulture);
        foreach (string name in sign[1].EndsWith('*') ? grid.Named(sign[1][..^1]) : [sign[1]])
        {
            _ = sign[2] switch
            {
                "heard" => grid.Hear(name, at),
                "silent" => grid.Lose(name, at),
                "gasp" => grid.Gasp(name, at),
                _ => throw new InvalidDataException($"{file}: '{sign[2]}' is no sign. Write heard, silent or gasp."),
            };
        }
    }

    private static void Write(StringBuilder to, double seconds, OutageAction? action, string? place, double? customers) =>
        to.AppendLine(CultureInfo.InvariantCulture, $"{seconds} {action} {place}, {customers} customers");
}
