using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Simulator.Scenarios;

namespace Alatau.Iot.Simulator.Recordings;

/// <summary>Reads one item of a scenario's recording list, and the CSV file it names.</summary>
internal static class RecordingReader
{
    private static readonly MeasurandCatalog Catalog = new();

    /// <summary>Null when it is faulty, or when files are not to be opened.</summary>
    internal static Recording? Read(FileNode node, string scenarioPath, ScenarioLoadOptions options)
    {
        var assetText = node.Text("asset", required: true);
        var hasAsset = AssetId.TryParse(assetText, out var asset);
        if (assetText is not null && !hasAsset)
            node.FaultAt("asset", $"'{assetText}' is no asset id", "Write site/asset");
        var file = node.Text("file", required: true);
        var timeColumn = node.Has("timeColumn") ? node.Element.GetProperty("timeColumn").ToString() : null;
        if (timeColumn is null)
            node.FaultAt("timeColumn", "Missing", "Add the heading of the column with the time; an empty text is a heading, too");
        var format = node.Text("timeFormat", required: true);
        var zone = Zone(node);
        var step = node.Duration("step", required: true);
        if (step is { } span && span <= TimeSpan.Zero)
            node.FaultAt("step", "Must be longer than nothing", "Write the time between rows, for example 15m");
        var speed = PlaySpeed.Read(node);
        var columns = node.Items("columns").Select(Column).OfType<RecordingColumn>().ToList();
        if (columns.Count == 0)
            node.FaultAt("columns", "No column is used", "Add at least one with its measurand");
        foreach (var twin in columns.GroupBy(column => column.Measurand, StringComparer.Ordinal).Where(group => group.Count() > 1))
            node.FaultAt("columns", $"Measurand '{twin.Key}' is filled by {twin.Count()} columns", "Fill each measurand from one column");
        node.ReportUnknown();
        if (!hasAsset || file is null || timeColumn is null || format is null || zone is null || step is null || columns.Count == 0 || !options.OpenRecordings)
            return null;

        if (Find(file, scenarioPath, options) is { } path)
            return CsvRecording.Read(path, asset, timeColumn, format, zone, step.Value, speed, columns, node);
        node.FaultAt("file", $"There is no file '{file}' beside the scenario or in the folder of recordings",
            $"Put it there, or name its folder by an option or by {ScenarioLoadOptions.RecordingsVariable}");
        return null;
    }

    private static string? Find(string file, string scenarioPath, ScenarioLoadOptions options)
    {
        var folders = new[]
        {
            Path.GetDirectoryName(Path.GetFullPath(scenarioPath)),
            options.RecordingsFolder ?? Environment.GetEnvironmentVariable(ScenarioLoadOptions.RecordingsVariable),
        };
        return folders.Where(folder => !string.IsNullOrEmpty(folder)).Select(folder => Path.Combine(folder!, file)).FirstOrDefault(File.Exists);
    }

    private static TimeZoneInfo? Zone(FileNode node)
    {
        var text = node.Text("timeZone", required: true);
        if (text is null)
            return null;
        if (text.Length == 6 && text[0] is '+' or '-' && TimeSpan.TryParse(text[1..], System.Globalization.CultureInfo.InvariantCulture, out var offset))
            return TimeZoneInfo.CreateCustomTimeZone(text, text[0] == '-' ? -offset : offset, text, text);
        if (TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone))
            return zone;
        node.FaultAt("timeZone", $"'{text}' is no time zone of this machine", "Write an offset such as -07:00, or an IANA name");
        return null;
    }

    private static RecordingColumn? Column(FileNode node)
    {
        var column = node.Text("column", required: true);
        var name = node.Text("measurand", required: true);
        var unit = node.Text("unit", required: true);
        var isIntegrated = node.Flag("integrate") ?? false;
        node.ReportUnknown();
        if (column is null || name is null || unit is null)
            return null;
        if (!Catalog.TryFind(name, out var id))
        {
            node.FaultAt("measurand", $"'{name}' is no measurand", "Use a canonical name such as activePower");
            return null;
        }

        // An integrated column holds power; its sum over hours is the register's energy.
        var target = Catalog[id].Unit;
        if (isIntegrated && target != "Wh")
        {
            node.FaultAt("measurand", $"'{name}' is no register of energy", "Integrate into energyProduced, energyImport or energyExport");
            return null;
        }

        if (UnitTable.TryConvert(unit, isIntegrated ? "W" : target, out var scale, out var offset))
            return new RecordingColumn(column, name, scale, offset, isIntegrated);
        node.FaultAt("unit", $"'{unit}' can't become {(isIntegrated ? "W" : target)}", $"Write the column's unit, one of: {string.Join(", ", UnitTable.Symbols)}");
        return null;
    }
}
