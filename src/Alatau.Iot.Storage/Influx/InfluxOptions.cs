using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Storage.Influx;

/// <summary>Where InfluxDB is and how it is written.</summary>
public sealed class InfluxOptions
{
    public const string SectionName = "Storage:Influx";

    /// <summary>Default of <see cref="Bucket"/> and <see cref="Database"/>.</summary>
    public const string DefaultDatabase = "telemetry";

    /// <summary>Address of the server; default <c>http://127.0.0.1:8086</c>. A path is kept, for a server behind a proxy.</summary>
    [Required]
    public Uri Url { get; set; } = new("http://127.0.0.1:8086");

    /// <summary>API token of 2.x and later; from the environment rather than from a file that is shared. Default none.</summary>
    public string Token { get; set; } = "";

    /// <summary>File that holds the token and nothing else; read again after the server refused the one before. Wins over <see cref="Token"/>. Default none.</summary>
    public string TokenFile { get; set; } = "";

    /// <summary>User of 1.x; default none.</summary>
    public string Username { get; set; } = "";

    /// <summary>Password of the user of 1.x; default none.</summary>
    public string Password { get; set; } = "";

    /// <summary>Organisation of 2.x; default none.</summary>
    public string Org { get; set; } = "";

    /// <summary>Bucket of 2.x and later that holds the readings; default <c>telemetry</c>. Windows and alarms rest in further ones whose names begin with it (<c>telemetry_1m</c>, <c>telemetry_alarms</c>).</summary>
    [Required]
    public string Bucket { get; set; } = DefaultDatabase;

    /// <summary>Database of 1.x, and the name under which InfluxQL reads the bucket of 2.x and later; default <c>telemetry</c>. The further ones begin with it, as those of <see cref="Bucket"/>.</summary>
    [Required]
    public string Database { get; set; } = DefaultDatabase;

    /// <summary>Which write API; default asks the server.</summary>
    public InfluxApiVersion ApiVersion { get; set; } = InfluxApiVersion.Auto;

    /// <summary>Whether bodies are compressed, fast rather than small; default true.</summary>
    public bool Gzip { get; set; } = true;

    /// <summary>Lines in one request; default 5,000.</summary>
    [Range(1, 1_000_000)]
    public int LinesPerRequest { get; set; } = 5_000;

    /// <summary>Batches under way at the same time, each with a request for every tier it touches; default 2.</summary>
    [Range(1, 64)]
    public int InFlight { get; set; } = 2;

    /// <summary>How long a connection may take, in milliseconds; default 5,000.</summary>
    [Range(1, 600_000)]
    public int ConnectMilliseconds { get; set; } = 5_000;

    /// <summary>How long a write may take, in milliseconds; default 30,000. Then it is tried again.</summary>
    [Range(1, 600_000)]
    public int WriteMilliseconds { get; set; } = 30_000;

    /// <summary>How long a query may take, in milliseconds; default 30,000.</summary>
    [Range(1, 600_000)]
    public int QueryMilliseconds { get; set; } = 30_000;

    /// <summary>Seconds between two samples of the ledger and the platform's counters (measurements <c>ledger</c> and <c>platform</c>); default 60.</summary>
    [Range(1, 3_600)]
    public int SampleSeconds { get; set; } = 60;

    /// <summary>Seconds between two samples of how the assets that have coordinates are doing (measurement <c>asset</c>), which maps show; default 300.</summary>
    [Range(1, 86_400)]
    public int MapSeconds { get; set; } = 300;

    /// <summary>Seconds by which the clocks of the database's host and of this one may differ before it is said; default 30.</summary>
    [Range(2, 86_400)]
    public int ClockToleranceSeconds { get; set; } = 30;
}
