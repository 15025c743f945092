using System.Globalization;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;

namespace Alatau.Iot.Simulator.Recordings;

/// <summary>Reads a CSV file with one heading line: commas, no quotes round numbers, decimal points.</summary>
internal static class CsvRecording
{
    private const int FaultsShown = 10;

    internal static Recording? Read(string path, AssetId asset, string timeColumn, string timeFormat, TimeZoneInfo zone, TimeSpan step, double? speed,
        IReadOnlyList<RecordingColumn> columns, FileNode node)
    {
        var problems = new List<string>();
        var times = new List<Instant>();
        var values = new List<double>();
        var sums = new double[columns.Count];
        using (var reader = new StreamReader(path))
        {
            var headings = Split(reader.ReadLine() ?? "");
            var timeAt = Array.IndexOf(headings, timeColumn);
            var places = columns.Select(column => Array.IndexOf(headings, column.Column)).ToArray();
            if (timeAt < 0)
                problems.Add($"has no column '{timeColumn}'");
            problems.AddRange(columns.Where((_, i) => places[i] < 0).Select(column => $"has no column '{column.Column}'"));
            if (problems.Count > 0)
                return Report(node, path, problems);

            for (var line = 2; reader.ReadLine() is { } text; line++)
            {
                var cells = Split(text);
                if (text.Length == 0)
                    continue;
                if (timeAt >= cells.Length || !Time(cells[timeAt], timeFormat, zone, out var time))
                {
                    problems.Add($"line {line}: no time of the form {timeFormat}");
                    continue;
                }

                if (times.Count > 0 && time <= times[^1])
                    problems.Add($"line {line}: the time is not after the line before");
                times.Add(time);
                for (var i = 0; i < columns.Count; i++)
                    values.Add(Value(cells, places[i], columns[i], ref sums[i], step, line, problems));
            }
        }

        if (times.Count == 0 && problems.Count == 0)
            problems.Add("has no rows");
        if (problems.Count > 0)
            return Report(node, path, problems);
        return new Recording(asset, new ReadingLayout([.. columns.Select(column => (column.Measurand, 6))]), speed, [.. times], [.. values]);
    }

    private static string[] Split(string line) => [.. line.Split(',').Select(cell => cell.Trim().Trim('"'))];

    private static bool Time(string cell, string format, TimeZoneInfo zone, out Instant instant)
    {
        instant = default;
        if (!DateTime.TryParseExact(cell, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) || zone.IsInvalidTime(local))
            return false;
        instant = Instant.From(new DateTimeOffset(local, zone.GetUtcOffset(local)));
        return true;
    }

    private static double Value(string[] cells, int place, RecordingColumn column, ref double sum, TimeSpan step, int line, List<string> problems)
    {
        var cell = place < cells.Length ? cells[place] : "";
        var value = double.NaN;
        if (cell.Length > 0 && !double.TryParse(cell, CultureInfo.InvariantCulture, out value))
            problems.Add($"line {line}: '{cell}' in column '{column.Column}' is no number");
        value = (value * column.Scale) + column.Offset;
        if (!column.IsIntegrated)
            return value;

        // A missing value adds nothing: the register stands still, as a meter's would.
        if (double.IsFinite(value))
            sum += value * step.TotalHours;
        return sum;
    }

    private static Recording? Report(FileNode node, string path, List<string> problems)
    {
        foreach (var problem in problems.Take(FaultsShown))
            node.FaultAt("file", $"{path} {problem}", "Correct the file, or what the scenario says of it");
        if (problems.Count > FaultsShown)
            node.FaultAt("file", $"{path} has {problems.Count - FaultsShown} more faults", "Correct those first");
        return null;
    }
}
