using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Alatau.Iot.Core.Observation;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Alatau.Iot.Host.Observation;

/// <summary>Sends what <c>/metrics</c> says to an OpenTelemetry collector, at a fixed pace. A collector that is away costs nothing but its samples.</summary>
/// <remarks>Each name becomes an observable instrument. The sources are asked once for each export, by its first instrument; the others of that export read the same answer.</remarks>
internal sealed class MetricExport : IHostedService, IMetricWriter, IDisposable
{
    private const string MeterName = "Alatau.Iot";
    private const string AskingInstrument = "alatau_export_samples";

    private readonly OpenTelemetryOptions _options;
    private readonly IMetricSource[] _sources;
    private readonly Meter _meter = new(MeterName);
    private readonly ConcurrentDictionary<string, List<Measurement<double>>> _samples = new(StringComparer.Ordinal);
    private MeterProvider? _provider;

    public MetricExport(OpenTelemetryOptions options, IEnumerable<IMetricSource> sources) => (_options, _sources) = (options, [.. sources]);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The first instrument of a meter is observed first.
        _meter.CreateObservableGauge(AskingInstrument, () => (double)Ask(), description: "Samples in this export.");
        Ask();
        _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(_options.ServiceName))
            .AddMeter(MeterName)
            .AddReader(new PeriodicExportingMetricReader(
                new OtlpMetricExporter(new OtlpExporterOptions { Endpoint = _options.Endpoint!, Protocol = OtlpExportProtocol.HttpProtobuf, Headers = _options.Headers }),
                _options.ExportSeconds * 1_000))
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _provider?.Dispose();
        _meter.Dispose();
    }

    public void Counter(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) => Add($"alatau_{name}_total", help, isCounter: true, value, labels);

    public void Gauge(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) => Add("alatau_" + name, help, isCounter: false, value, labels);

    private int Ask()
    {
        foreach (var samples in _samples.Values)
        {
            samples.Clear();
        }

        foreach (var source in _sources)
        {
            source.WriteMetrics(this);
        }

        return _samples.Values.Sum(samples => samples.Count);
    }

    private void Add(string name, string help, bool isCounter, double value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (!double.IsFinite(value))
        {
            return;
        }

        if (!_samples.TryGetValue(name, out var samples))
        {
            _samples[name] = samples = [];

            // The exporter's thread asks and reads in turn; a copy keeps what it reads from the next asking.
            if (isCounter)
            {
                _meter.CreateObservableCounter(name, () => samples.ToArray(), description: help);
            }
            else
            {
                _meter.CreateObservableGauge(name, () => samples.ToArray(), description: help);
            }
        }

        var tags = new KeyValuePair<string, object?>[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            tags[i] = new KeyValuePair<string, object?>(labels[i].Name, labels[i].Value);
        }

        samples.Add(new Measurement<double>(value, tags));
    }
}
