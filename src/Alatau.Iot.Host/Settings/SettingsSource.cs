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
    /// <exception cref="SettingsFaultException">A file of settings isn't JSON.</exception>
    public void AddTo(IConfigurationBuilder configuration)
    {
        AddFile(configuration, Path.Combine(AppContext.BaseDirectory, "appsettings.json"), isOptional: true);
        if (ConfigFile is not null)
        {
            AddFile(configuration, Path.GetFullPath(ConfigFile), isOptional: false);
        }

        configuration.AddEnvironmentVariables(EnvironmentPrefix);
        configuration.AddInMemoryCollection(Options);
    }

    private static void AddFile(IConfigurationBuilder configuration, string file, bool isOptional)
    {
        try
        {
            // Read once by itself, so that a file that isn't JSON is told by name and place whoever reads the whole.
            new ConfigurationBuilder().AddJsonFile(file, isOptional, reloadOnChange: false).Build();
        }
        catch (InvalidDataException e)
        {
            throw new SettingsFaultException([$"{file}: {e.GetBaseException().Message} Mend the file; it must be one JSON object."]);
        }

        configuration.AddJsonFile(file, isOptional, reloadOnChange: false);
    }
}
