namespace Alatau.Iot.Host.Settings;

/// <summary>Which store history rests in.</summary>
internal sealed class StorageOptions
{
    public const string SectionName = "Storage";

    /// <summary><c>sqlite</c> (default, embedded), <c>influx</c>, or <c>none</c>: live views and alarms only, nothing is kept.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;
}

/// <summary>The stores there are.</summary>
internal enum StorageProvider
{
    Sqlite,
    Influx,
    None,
}
