using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Host.Observation;

/// <summary>Metrics to an OpenTelemetry collector, beside <c>/metrics</c>.</summary>
internal sealed class OpenTelemetryOptions
{
    public const string SectionName = "OpenTelemetry";

    /// <summary>Where metrics are sent by OTLP over HTTP (protobuf), with its path: <c>http://collector:4318/v1/metrics</c>. Default none: nothing is sent.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Headers of each request, as <c>name=value,name=value</c>; from the environment, since they may hold a key. Default none.</summary>
    public string Headers { get; set; } = "";

    /// <summary>Seconds between two exports; default 60.</summary>
    [Range(1, 3_600)]
    public int ExportSeconds { get; set; } = 60;

    /// <summary>Name of the service in what is sent; default <c>alatau</c>.</summary>
    [Required]
    public string ServiceName { get; set; } = "alatau";
}
