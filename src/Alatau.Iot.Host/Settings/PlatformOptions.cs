using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Host.Settings;

/// <summary>Where the platform keeps its files and where it listens for people.</summary>
internal sealed class PlatformOptions
{
    public const string SectionName = "Platform";

    public const int DefaultHttpPort = 8080;

    /// <summary>Folder of everything the platform writes; default <c>./data</c>. Made when absent.</summary>
    [Required]
    public string DataFolder { get; set; } = "data";

    /// <summary>Folder of profiles, rules, fleets and scenarios; default: <c>devices</c> in the working folder, else beside the program or above it.</summary>
    public string? DevicesFolder { get; set; }

    /// <summary>Names of the fleet files to load, separated by commas; default <c>*</c>: all.</summary>
    [Required]
    public string Fleets { get; set; } = "*";

    /// <summary>Port of API and console, 0 to 65535; default 8080; 0 takes a free one.</summary>
    [Range(0, 65_535)]
    public int HttpPort { get; set; } = DefaultHttpPort;

    /// <summary>Address to listen on, for MQTT and HTTP; default 127.0.0.1. Any other than loopback needs credentials.</summary>
    [Required]
    public string Bind { get; set; } = "127.0.0.1";
}
