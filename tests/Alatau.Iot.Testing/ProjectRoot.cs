namespace Alatau.Iot.Testing;

/// <summary>The folder of the project that the tests were built from.</summary>
public static class ProjectRoot
{
    private const string Marker = "Alatau.Iot.sln";

    /// <summary>Full path, found above the test's own folder.</summary>
    public static string Path { get; } = Find();

    /// <summary>A path below the root.</summary>
    public static string Of(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, Marker)))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"{Marker} is in no folder above {AppContext.BaseDirectory}.");
    }
}
