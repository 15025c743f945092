using Alatau.Iot.Testing;

namespace Alatau.Iot.Benchmarks.Servers;

/// <summary>The shipped <c>devices</c> folder with a change.</summary>
internal sealed class DevicesCopy : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <param name="text">What becomes of the text of a file.</param>
    public DevicesCopy(Func<string, string> text)
    {
        string from = ProjectRoot.Of("devices");
        foreach (string file in Directory.EnumerateFiles(from, "*.json", SearchOption.AllDirectories))
        {
            Add(System.IO.Path.GetRelativePath(from, file), text(File.ReadAllText(file)));
        }
    }

    public string Path => _folder.Path;

    public void Add(string file, string text)
    {
        string to = _folder.File(file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(to)!);
        File.WriteAllText(to, text);
    }

    public void Dispose() => _folder.Dispose();
}
