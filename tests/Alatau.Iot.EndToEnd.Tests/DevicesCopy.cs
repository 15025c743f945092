namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>A copy of the shipped <c>devices</c> folder that a test may change.</summary>
internal sealed class DevicesCopy : IDisposable
{
    public DevicesCopy()
    {
        string from = System.IO.Path.Combine(AlatauProcess.Root, "devices");
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string to = Of(System.IO.Path.GetRelativePath(from, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("alatau-devices-").FullName;

    public string Of(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>Replaces a text that must stand in the file.</summary>
    public void Replace(string file, string text, string by)
    {
        string before = File.ReadAllText(Of(file));
        Assert.Contains(text, before, StringComparison.Ordinal);
        File.WriteAllText(Of(file), before.Replace(text, by, StringComparison.Ordinal));
    }

    public void Add(string file, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Of(file))!);
        File.WriteAllText(Of(file), text);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
