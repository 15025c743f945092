namespace Alatau.Iot.Host.Settings;

/// <summary>Finds the folder of profiles, rules, fleets and scenarios.</summary>
internal static class DevicesFolder
{
    /// <summary>The named folder, else <c>devices</c> in the working folder, else the nearest one beside the program or above it.</summary>
    /// <returns>Null when there is none.</returns>
    public static string? Find(string? named)
    {
        if (named is not null)
        {
            return Directory.Exists(named) ? Path.GetFullPath(named) : null;
        }

        return Candidates().FirstOrDefault(folder => Directory.Exists(Path.Combine(folder, "profiles")));
    }

    private static IEnumerable<string> Candidates()
    {
        yield return Path.GetFullPath("devices");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            yield return Path.Combine(at.FullName, "devices");
        }
    }
}
