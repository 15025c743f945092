using Alatau.Iot.Testing;

namespace Alatau.Iot.Files.Tests;

/// <summary>The working tree the tests run in.</summary>
internal static class Tree
{
    internal static string Root { get; } = ProjectRoot.Path;

    internal static string Profiles => Path.Combine(Root, "devices", "profiles");

    internal static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>Files below a folder, build output left out.</summary>
    internal static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(f => !Relative(f).Split('/').Any(p => p is "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    /// <summary>A file of the shared reference data above the tree; null where that is absent.</summary>
    internal static string? Shared(string relative)
    {
        for (string? folder = Root; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string file = Path.Combine(folder, "shared", "data", relative);
            if (File.Exists(file))
            {
                return file;
            }
        }

        return null;
    }
}
