using Alatau.Iot.Host.Settings;

namespace Alatau.Iot.Host.Commands;

/// <summary>A password out of a file or, for <c>-</c>, the first line of standard input: never out of an option, where others of this machine could read it.</summary>
internal static class PasswordFile
{
    /// <exception cref="SettingsFaultException">There is no such file, or it is empty.</exception>
    /// <returns>Null when no file was named.</returns>
    public static async Task<string?> ReadAsync(string? file, CancellationToken stop)
    {
        string? line = file switch
        {
            null => null,
            "-" => await Console.In.ReadLineAsync(stop) ?? "",
            _ when !File.Exists(file) => throw new SettingsFaultException([$"--password-file {file}: there is no such file."]),
            _ => (await File.ReadAllTextAsync(file, stop)).TrimEnd('\r', '\n'),
        };
        return line is { Length: 0 } ? throw new SettingsFaultException(["The password is empty."]) : line;
    }
}
