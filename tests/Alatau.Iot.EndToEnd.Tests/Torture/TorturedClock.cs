using System.Globalization;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>The platform's wall clock, moved by Debian's libfaketime; its monotonic clock goes on as it is. Without the library the clock stands as it is.</summary>
internal sealed class TorturedClock : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("alatau-clock-").FullName, "offset");

    public TorturedClock() => Step(TimeSpan.Zero);

    private static string? Library => new[] { "/usr/lib", "/usr/lib64" }.Where(Directory.Exists)
        .SelectMany(lib => Directory.GetDirectories(lib, "faketime").Concat(Directory.GetDirectories(lib).SelectMany(d => SafeFolders(d))))
        .Select(folder => Path.Combine(folder, "libfaketime.so.1")).FirstOrDefault(File.Exists);

    /// <summary>Null when the clock can be moved.</summary>
    public static string? WhyNot => Library is null ? "libfaketime (Debian's faketime) isn't installed" : null;

    public IReadOnlyDictionary<string, string> Environment { get; private set; } = Library is { } library
        ? new Dictionary<string, string>(StringComparer.Ordinal) { ["LD_PRELOAD"] = library, ["FAKETIME_CACHE_DURATION"] = "1", ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1", ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0" }
        : new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Sets how far the platform's clock is from ours.</summary>
    public void Step(TimeSpan offset)
    {
        // In one step: a file read half would end the process.
        string next = _file + ".next";
        File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{(offset < TimeSpan.Zero ? "" : "+")}{(long)offset.TotalSeconds}"));
        File.Move(next, _file, overwrite: true);
        if (Environment.Count > 0 && !Environment.ContainsKey("FAKETIME_TIMESTAMP_FILE"))
        {
            Environment = new Dictionary<string, string>(Environment, StringComparer.Ordinal) { ["FAKETIME_TIMESTAMP_FILE"] = _file };
        }
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    private static string[] SafeFolders(string folder)
    {
        string inside = Path.Combine(folder, "faketime");
        return Directory.Exists(inside) ? [inside] : [];
    }
}
