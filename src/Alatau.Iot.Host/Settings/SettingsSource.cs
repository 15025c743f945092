using Microsoft.Extensions.Configuration;

namespace Alatau.Iot.Host.Settings;

/// <summary>Where settings come from; a later source wins: appsettings.json, a file named by <c>--config</c>, environment <c>ALATAU_Section__Name</c>, options.</summary>
internal sealed record SettingsSource
{
    public const string EnvironmentPrefix = "ALATAU_";

    /// <summary>A file named by <c>--config</c>; null for none.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>What options of the command line say, by configuration key.</summary>
    public IReadOnlyDictionary<string, string?> Options { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>Adds all sources, in order.</summary>
    public void AddTo(IConfigurationBuilder configuration)
    {
        configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true, reloadOnChange: false);
        if (ConfigFile is not null)
        {
            configuration.AddJsonFile(Path.GetFullPath(ConfigFile), optional: false, reloadOnChange: false);
        }

        configuration.AddEnvironmentVariables(EnvironmentPrefix);
        configuration.AddInMemoryCollection(Options);
    }
}
