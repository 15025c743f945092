using System.CommandLine;
using System.Globalization;
using Alatau.Iot.Host.Settings;

namespace Alatau.Iot.Host.Commands;

/// <summary>Options shared by the verbs that start the platform.</summary>
internal sealed class PlatformSwitches
{
    private readonly Option<string?> _config = new("--config") { Description = "A JSON file with settings; wins over appsettings.json.", HelpName = "FILE" };
    private readonly Option<string?> _data = new("--data") { Description = "Folder of everything the platform writes. Default: ./data", HelpName = "DIR" };
    private readonly Option<string?> _devices = new("--devices") { Description = "Folder of profiles, alarm rules, fleets and scenarios. Default: ./devices", HelpName = "DIR" };
    private readonly Option<int?> _mqttPort = new("--mqtt-port") { Description = "Port for MQTT. Default: 1883; 0 takes a free one", HelpName = "N" };
    private readonly Option<int?> _httpPort = new("--http-port") { Description = "Port for API and console. Default: 8080; 0 takes a free one", HelpName = "N" };
    private readonly Option<string[]> _set = new("--set") { Description = "Any setting, as Section:Name=value; may be repeated.", HelpName = "KEY=VALUE", AllowMultipleArgumentsPerToken = false };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _config, _data, _devices, _mqttPort, _httpPort, _set })
        {
            command.Add(option);
        }
    }

    /// <summary>Those of a verb that opens no port.</summary>
    public void AddFilesTo(Command command)
    {
        foreach (Option option in new Option[] { _config, _data, _devices, _set })
        {
            command.Add(option);
        }
    }

    /// <summary>Those of a verb that names its own data folder.</summary>
    public void AddRulesTo(Command command)
    {
        foreach (Option option in new Option[] { _config, _devices, _set })
        {
            command.Add(option);
        }
    }

    /// <summary>Whether <c>--data</c> was given.</summary>
    public bool NamesData(ParseResult parsed) => parsed.GetValue(_data) is not null;

    /// <summary>The folder that <c>--devices</c> names; null when it names none.</summary>
    public string? DevicesFolder(ParseResult parsed) => parsed.GetValue(_devices);

    /// <summary>What the user asked for, <paramref name="defaults"/> beneath it.</summary>
    /// <exception cref="SettingsFaultException">A <c>--set</c> isn't of the form key=value, or the file of <c>--config</c> doesn't exist.</exception>
    public SettingsSource Read(ParseResult parsed, IReadOnlyDictionary<string, string?> defaults)
    {
        var options = new Dictionary<string, string?>(defaults, StringComparer.OrdinalIgnoreCase);
        Put("Platform:DataFolder", parsed.GetValue(_data));
        Put("Platform:DevicesFolder", parsed.GetValue(_devices));
        Put("Mqtt:Port", parsed.GetValue(_mqttPort)?.ToString(CultureInfo.InvariantCulture));
        Put("Platform:HttpPort", parsed.GetValue(_httpPort)?.ToString(CultureInfo.InvariantCulture));
        foreach (string pair in parsed.GetValue(_set) ?? [])
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !pair[..equals].Contains(':', StringComparison.Ordinal))
            {
                throw new SettingsFaultException([$"--set {pair}: write it as Section:Name=value, for example --set Storage:Provider=influx."]);
            }

            options[pair[..equals]] = pair[(equals + 1)..];
        }

        string? file = parsed.GetValue(_config);
        return file is not null && !File.Exists(file)
            ? throw new SettingsFaultException([$"--config {file}: there is no such file. Correct the path, relative to {Environment.CurrentDirectory}."])
            : new SettingsSource { ConfigFile = file, Options = options };

        void Put(string key, string? value)
        {
            if (value is not null)
            {
                options[key] = value;
            }
        }
    }
}
