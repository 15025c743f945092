namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>The reference data that lies beside the checkout, not in it.</summary>
internal static class SharedData
{
    /// <summary>Path of a reference file; skips the running test with a reason when it is absent.</summary>
    public static string PathOf(string name)
    {
        foreach (string folder in Candidates())
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        Assert.Skip($"The reference file shared/data/{name} is not on this machine; set ALATAU_SHARED_DATA to its folder.");
        return "";
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("ALATAU_SHARED_DATA") is { Length: > 0 } named)
        {
            yield return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, "shared", "data");
        }
    }
}
