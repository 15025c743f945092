using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Host.Wiring;

namespace Alatau.Iot.Host.Commands;

/// <summary>Finds the rules that a person names on the command line.</summary>
internal static class RuleFiles
{
    /// <summary>The rules at a place: a rule's file, its folder, a folder of such folders, or the name of a rule of the devices folder.</summary>
    /// <param name="faults">Takes what is wrong; when it has any, the answer is of no use.</param>
    public static IReadOnlyList<(AlarmRule Rule, string File)> Read(string place, string devicesFolder, MeasurandCatalog measurands, FileFaults faults)
    {
        var files = Find(place, devicesFolder);
        if (files.Length == 0)
        {
            faults.Add(place, "$", "There is no rule", "Name a rule's file or folder, a folder of rules, or a rule of the devices folder by its name");
        }

        return [.. files.Select(f => (Rule: AlarmRuleReader.Read(f.Name, f.File, File.ReadAllBytes(f.File), measurands, faults), f.File)).Where(r => r.Rule is not null).Select(r => (r.Rule!, r.File))];
    }

    private static (string Name, string File)[] Find(string place, string devicesFolder)
    {
        if (File.Exists(place))
        {
            string own = Path.GetFileNameWithoutExtension(place);
            return [(own == "rule" ? Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(place))!) : own, place)];
        }

        foreach (string folder in (string[])[place, Path.Combine(devicesFolder, DeviceFiles.RulesFolder, place)])
        {
            string[] folders = Directory.Exists(folder) ? [folder, .. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)] : [];
            (string, string)[] found = [.. folders.Select(f => (Path.GetFileName(Path.GetFullPath(f).TrimEnd(Path.DirectorySeparatorChar)), Path.Combine(f, "rule.json"))).Where(f => File.Exists(f.Item2))];
            if (found.Length > 0)
            {
                return found;
            }
        }

        return [];
    }
}
