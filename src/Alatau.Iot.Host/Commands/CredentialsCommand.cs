using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Host.Wiring;
using Alatau.Iot.Mqtt.Identity;

namespace Alatau.Iot.Host.Commands;

/// <summary><c>alatau credentials add|remove|list</c>: who may connect, and to what. A running platform takes changes up by itself.</summary>
internal static class CredentialsCommand
{
    private const int GeneratedPasswordBytes = 18;

    public static Command Create(TextWriter output, TextWriter error)
    {
        var command = new Command("credentials", "Who may connect by MQTT and, from other machines, use API and console. Kept in <data>/credentials.json as salted PBKDF2 hashes.");
        command.Add(Add(output));
        command.Add(Remove(output, error));
        command.Add(List(output));
        return command;
    }

    private static Option<string> DataOption() => new("--data")
    {
        Description = "The platform's data folder.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(SettingsSource.EnvironmentPrefix + "Platform__DataFolder") ?? new PlatformOptions().DataFolder,
    };

    private static Command Add(TextWriter output)
    {
        var name = new Argument<string>("name") { Description = "User name." };
        var role = new Option<MqttRole>("--role") { Description = "device: own topics only. operator: reads everything. service: publishes and reads everything." };
        var asset = new Option<string?>("--asset") { Description = "For a device: its asset, whose topics it may use.", HelpName = "SITE/ASSET" };
        var filters = new Option<string[]>("--filter") { Description = "A further topic filter it may publish on and read, for devices with a dialect of their own; may be repeated.", HelpName = "FILTER" };
        var file = new Option<string?>("--password-file") { Description = "File with the password; '-' reads one line from standard input. Without it one is made and printed once.", HelpName = "FILE" };
        var data = DataOption();
        var command = new Command("add", "Add a user, or replace the one of that name.") { name, role, asset, filters, file, data };
        command.SetAction(async (parsed, stop) =>
        {
            string? owner = parsed.GetValue(asset);
            string[] extra = parsed.GetValue(filters) ?? [];
            if (owner is not null && !AssetId.TryParse(owner, out _))
            {
                throw new SettingsFaultException([$"--asset {owner}: write it as site/asset."]);
            }

            if (parsed.GetValue(role) == MqttRole.Device && owner is null && extra.Length == 0)
            {
                throw new SettingsFaultException(["A device needs --asset SITE/ASSET or --filter FILTER, else it could publish nowhere."]);
            }

            string? given = await PasswordFile.ReadAsync(parsed.GetValue(file), stop);
            string password = given ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(GeneratedPasswordBytes));
            string folder = parsed.GetValue(data)!;
            Directory.CreateDirectory(folder);
            try
            {
                CredentialFile.Add(PlatformPlan.CredentialsIn(folder), parsed.GetValue(name)!, password, parsed.GetValue(role), owner, extra);
            }
            catch (ArgumentException e)
            {
                throw new SettingsFaultException([e.Message]);
            }

            await output.WriteLineAsync(given is null
                ? $"Added {parsed.GetValue(name)} with password {password} (shown this once)."
                : $"Added {parsed.GetValue(name)}.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Remove(TextWriter output, TextWriter error)
    {
        var name = new Argument<string>("name") { Description = "User name." };
        var data = DataOption();
        var command = new Command("remove", "Remove a user; its connections are closed within a moment.") { name, data };
        command.SetAction(async (parsed, _) =>
        {
            if (!CredentialFile.Remove(PlatformPlan.CredentialsIn(parsed.GetValue(data)!), parsed.GetValue(name)!))
            {
                await error.WriteLineAsync($"There is no user {parsed.GetValue(name)}.");
                return ExitCode.Failure;
            }

            await output.WriteLineAsync($"Removed {parsed.GetValue(name)}.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command List(TextWriter output)
    {
        var data = DataOption();
        var command = new Command("list", "List users with role and rights; never a secret.") { data };
        command.SetAction(async (parsed, _) =>
        {
            var users = CredentialFile.List(PlatformPlan.CredentialsIn(parsed.GetValue(data)!));
            foreach (var user in users)
            {
                string rights = string.Join("  ", new[] { user.Asset ?? "" }.Concat(user.Filters).Where(r => r.Length > 0));
                await output.WriteLineAsync($"{user.Name,-24} {user.Role.ToString().ToLower(CultureInfo.InvariantCulture),-9} {rights}".TrimEnd());
            }

            await output.WriteLineAsync(users.Count == 0 ? "No users: the platform listens on loopback only and lets anybody on this machine in." : FormattableString.Invariant($"{users.Count} users."));
            return ExitCode.Success;
        });
        return command;
    }
}
