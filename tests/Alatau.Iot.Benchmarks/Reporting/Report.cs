using System.Globalization;
using System.Text;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Benchmarks.Reporting;

/// <summary>Progress for whoever waits, and a page of Markdown at the end.</summary>
internal sealed class Report
{
    private readonly StringBuilder _page = new();
    private readonly TextWriter _progress;

    public Report(BenchOptions options, TextWriter progress)
    {
        _progress = progress;
        _page.AppendLine("# Results").AppendLine();
        _page.AppendLine("Written by this program; README.md says how to run and how to read it.").AppendLine();
        _page.AppendLine(CultureInfo.InvariantCulture, $"Date: {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC. Seed: {options.Seed}.").AppendLine();
        _page.AppendLine("Command: `dotnet run --project tests/Alatau.Iot.Benchmarks -c Release -- " + options.Command + "`").AppendLine();
        _machine = Machine.DescribeAsync();
    }

    private readonly Task<IReadOnlyList<string>> _machine;

    public string Text => _page.ToString();

    public void Progress(string line)
    {
        _progress.WriteLine(line);
        _progress.Flush();
    }

    /// <summary>Begins a section; the first one is preceded by the machine.</summary>
    public async Task SectionAsync(string title, string text)
    {
        if (!_isMachineSaid)
        {
            _isMachineSaid = true;
            foreach (string line in await _machine)
            {
                Progress(line);
                _page.Append("- ").AppendLine(line);
            }

            _page.AppendLine();
        }

        Progress($"== {title}");
        _page.Append("## ").AppendLine(title).AppendLine().AppendLine(text).AppendLine();
    }

    private bool _isMachineSaid;

    public void Table(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        _page.Append("| ").AppendJoin(" | ", heads).AppendLine(" |");
        _page.Append("|---|").AppendJoin("|", heads.Skip(1).Select(_ => "---:")).AppendLine("|");
        foreach (var row in rows)
        {
            _page.Append("| ").AppendJoin(" | ", row).AppendLine(" |");
        }

        _page.AppendLine();
    }

    public void Paragraph(string text) => _page.AppendLine(text).AppendLine();

    /// <summary>Writes RESULTS.md beside the source and answers its path.</summary>
    public string Write()
    {
        string path = ProjectRoot.Of("tests", "Alatau.Iot.Benchmarks", "RESULTS.md");
        File.WriteAllText(path, Text.TrimEnd() + Environment.NewLine);
        return path;
    }
}
