using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Alatau.Iot.Host.Settings;

/// <summary>Binds and validates option classes; gathers what is wrong in all of them.</summary>
internal sealed class OptionsReader(IConfiguration configuration)
{
    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Binds the section that <typeparamref name="T"/> names in its constant <c>SectionName</c>.</summary>
    public T Read<T>()
        where T : class, new() =>
        Read<T>((string)typeof(T).GetField("SectionName", BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue()!);

    /// <summary>Binds a section to a fresh <typeparamref name="T"/>; unknown names, values that don't convert and values out of range become faults.</summary>
    public T Read<T>(string section)
        where T : class, new()
    {
        var options = new T();
        var source = configuration.GetSection(section);
        try
        {
            source.Bind(options);
        }
        catch (InvalidOperationException e)
        {
            _faults.Add($"{section}: {e.InnerException?.Message ?? e.Message} Correct the value in appsettings.json, --config or {SettingsSource.EnvironmentPrefix}{section.Replace(":", "__", StringComparison.Ordinal)}__*.");
            return new T();
        }

        ReportUnknown(section, source, typeof(T));
        var results = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true))
        {
            foreach (var result in results)
            {
                string name = result.MemberNames.FirstOrDefault() ?? "";
                object? value = name.Length == 0 ? null : typeof(T).GetProperty(name)?.GetValue(options);
                _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{section}:{name} is '{value}': {result.ErrorMessage}"));
            }
        }

        return options;
    }

    /// <summary>Sections that nobody reads become faults; a misspelt one would else be passed over in silence. Names without a section (<c>ALATAU_SCREENS</c>) are left to whoever they are for.</summary>
    public void ReportUnknownSections(params ReadOnlySpan<string> known)
    {
        string[] names = [.. known];
        foreach (var section in configuration.GetChildren().Where(s => s.GetChildren().Any() && !names.Contains(s.Key, StringComparer.OrdinalIgnoreCase)))
        {
            _faults.Add($"{section.Key} is no section of settings. Known: {string.Join(", ", names.Order(StringComparer.Ordinal))}.");
        }
    }

    public void Add(string fault) => _faults.Add(fault);

    private void ReportUnknown(string section, IConfigurationSection source, Type type)
    {
        var known = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite || !p.PropertyType.IsValueType).Select(p => p.Name).ToList();
        foreach (var child in source.GetChildren().Where(c => !known.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!SubSections.Contains($"{section}:{child.Key}"))
            {
                _faults.Add($"{section}:{child.Key} is no setting. Known there: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
            }
        }
    }

    /// <summary>Sections inside sections, which belong to another option class.</summary>
    private static readonly HashSet<string> SubSections = new(StringComparer.OrdinalIgnoreCase)
    {
        "Storage:Retention", "Storage:Sqlite", "Storage:Influx", "Storage:Recording", "Storage:Outbox", "Storage:Corrections", "Ingest:Journal", "Ingest:Quarantine", "Ingest:Bridges", "Notifications:Webhook", "Notifications:Email",
    };
}
