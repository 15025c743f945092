using Alatau.Iot.Core.Files;

namespace Alatau.Iot.Host.Settings;

/// <summary>The platform can't start with these settings or files; the lines say what, where and the cure.</summary>
internal sealed class SettingsFaultException(IReadOnlyList<string> lines)
    : Exception(string.Join(Environment.NewLine, lines))
{
    public IReadOnlyList<string> Lines { get; } = lines;

    /// <summary>Faults of files as lines: each once, though several readers met it, and the file as it is found from the working folder.</summary>
    public static IEnumerable<string> Of(FileFaults faults) => faults.All.Select(f => (f with { File = Near(f.File) }).ToString()).Distinct(StringComparer.Ordinal);

    private static string Near(string file)
    {
        string near = Path.GetRelativePath(Environment.CurrentDirectory, file);
        return near.StartsWith("..", StringComparison.Ordinal) ? Path.GetFullPath(file) : near;
    }
}
