using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Console;
using Alatau.Iot.Web.Live;
using Alatau.Iot.Web.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Alatau.Iot.Web;

/// <summary>Puts the API and the console into a host.</summary>
public static class AlatauWeb
{
    /// <summary>Registers this room. The host registers the ports it stands on.</summary>
    /// <remarks>
    /// Needed as singletons: <c>IAssetRuntime</c>, <c>IHistoryStore</c>, <c>ITelemetryIntake</c>, <c>IQuarantine</c>, <c>IQuarantineReplay</c>, <c>AssetDirectory</c>, <c>MeasurandCatalog</c>, <c>Ledger</c>, <c>TimeProvider</c>, <c>ISubscriptionDesk</c>.
    /// Taken when there: <c>Topology</c>, <c>IRollUps</c> and <c>IRollUpStore</c> (the sums of its branches), every <c>Fleet</c> (sites and zones), every <c>AlarmRule</c> (limits in plots), <c>IReadinessCheck</c>, <c>IMetricSource</c>, <c>ISubscriptionSource</c>, <c>IOutageBoard</c>.
    /// <see cref="AlarmBook"/>, <see cref="AlarmRecord"/>, <see cref="LiveFeed"/> and <see cref="TrendBook"/> are registered as themselves and as <c>IAssetUpdateSink</c>: a runtime built with all sinks feeds them.
    /// </remarks>
    public static IServiceCollection AddAlatauWeb(this IServiceCollection services)
    {
        services.AddOptions<WebOptions>().BindConfiguration(WebOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => p.GetRequiredService<IOptions<WebOptions>>().Value);
        services.AddSingleton<AlarmBook>();
        services.AddSingleton<AlarmRecord>();
        services.AddSingleton<LiveFeed>();
        services.AddSingleton<TrendBook>();
        services.AddSingleton<IAssetUpdateSink>(p => p.GetRequiredService<AlarmBook>());
        services.AddSingleton<IAssetUpdateSink>(p => p.GetRequiredService<AlarmRecord>());
        services.AddSingleton<IAssetUpdateSink>(p => p.GetRequiredService<LiveFeed>());
        services.AddSingleton<IAssetUpdateSink>(p => p.GetRequiredService<TrendBook>());
        services.TryAddSingleton(Topology.Empty);
        services.TryAddSingleton<NoRollUps>();
        services.TryAddSingleton<IRollUps>(p => p.GetRequiredService<NoRollUps>());
        services.TryAddSingleton<IRollUpStore>(p => p.GetRequiredService<NoRollUps>());
        services.AddSingleton<TotalsBook>();
        services.AddSingleton<TotalsHistory>();
        services.AddHostedService<TotalsSampler>();
        services.AddHostedService<AlarmRecordLoader>();
        services.AddSingleton<StreamGate>();
        services.AddSingleton<Sites>();
        services.AddSingleton<StreamEndpoints>();
        services.AddSingleton<AlarmDesk>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<ISubscriptionSource, StreamSubscriptions>();
        services.AddSingleton<IMetricSource, PlatformMetrics>();
        services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        services.AddProblemDetails();
        services.AddOpenApi("v1", o => o.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Alatau.Iot";
            document.Info.Description = "Telemetry of a city utility: assets, series, alarms, streams, ledger. Every refusal is a problem of RFC 9457.";
            return Task.CompletedTask;
        }));
        ConsoleRegistration.Add(services);
        return services;
    }

    /// <summary>Maps the API, health, metrics, the OpenAPI document and the console. Call it last: it also answers unknown paths.</summary>
    public static WebApplication MapAlatauWeb(this WebApplication app)
    {
        ErrorPages.Use(app);
        app.UseRouting();
        OperationEndpoints.MapHealth(app);
        var api = app.MapGroup("/api/v1").AddEndpointFilter<SameOrigin>();
        AssetEndpoints.Map(api.MapGroup("").WithTags("Assets"));
        SeriesEndpoints.Map(api.MapGroup("").WithTags("Assets"));
        TopologyEndpoints.Map(api.MapGroup("").WithTags("Topology"));
        AlarmEndpoints.Map(api.MapGroup("").WithTags("Alarms"));
        QualityEndpoints.Map(api.MapGroup("").WithTags("Alarms"));
        OutageEndpoints.Map(api.MapGroup("").WithTags("Alarms"));
        SubscriptionEndpoints.Map(api.MapGroup("").WithTags("Subscriptions"));
        StreamEndpoints.Map(api.MapGroup("").WithTags("Streams"));
        OperationEndpoints.Map(api.MapGroup("").WithTags("Operation"));
        QuarantineEndpoints.Map(api.MapGroup("").WithTags("Operation"));
        TelemetryEndpoint.Map(api.MapGroup("").WithTags("Telemetry"));
        app.MapOpenApi("/openapi/{documentName}.json");
        ConsoleRegistration.Map(app);
        return app;
    }
}
