using System.Security.Cryptography;

namespace Alatau.Iot.Host.Wiring;

/// <summary>What tells this installation from another: made once, kept in the data folder.</summary>
internal static class InstallationId
{
    private const int Characters = 8;

    /// <returns>Eight hexadecimal digits, the same at every start with this folder.</returns>
    public static string In(string dataFolder)
    {
        string file = Path.Combine(dataFolder, "installation-id");
        if (!File.Exists(file))
        {
            File.WriteAllText(file, RandomNumberGenerator.GetHexString(Characters, lowercase: true));
        }

        return File.ReadAllText(file).Trim();
    }
}
