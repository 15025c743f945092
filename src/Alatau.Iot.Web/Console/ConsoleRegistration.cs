using Alatau.Iot.Core.Assets;
using Alatau.Iot.Web.Console.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Alatau.Iot.Web.Console;

/// <summary>Puts the console into a host.</summary>
internal static class ConsoleRegistration
{
    /// <summary>Nothing but our own style sheet, module, images and streams; nobody may frame the console.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void Add(IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddSingleton<AssetOrder>();
        services.AddSingleton<AlarmReader>();
        services.AddSingleton<AlarmTallies>();
        services.AddSingleton<AlarmListReader>();
        services.AddSingleton<AlarmHistoryReader>();
        services.AddSingleton<AlarmDetailReader>();
        services.AddSingleton<AssetPlots>();
        services.AddSingleton<WindowReader>();
        services.AddSingleton<AssetPlaceReader>();
        services.AddSingleton<AlarmPages>();
        services.AddSingleton<AlarmStream>();
        services.AddSingleton<PageStream>();
        services.AddSingleton<OverviewReader>();
        services.AddSingleton<AssetReader>();
        services.AddSingleton<TopologyReader>();
        services.AddSingleton<TopologyPages>();
        services.AddSingleton<SubscriptionsReader>();
        services.AddSingleton<SubscriptionPages>();
        services.AddSingleton<Pulse>();
        services.AddSingleton<ShellReader>();
        services.AddSingleton<Fragments>();
        services.AddSingleton<QuarantineReader>();
        services.AddSingleton<QualityReader>();
        services.AddSingleton<ConsolePages>();
        services.AddSingleton<ConsoleStream>();
    }

    public static void Map(WebApplication app)
    {
        ConsoleContent.Map(app);
        var console = app.MapGroup("").ExcludeFromDescription().AddEndpointFilter((context, next) =>
        {
            var headers = context.HttpContext.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers.CacheControl = "no-store";
            return next(context);
        });
        console.MapGet("/", (HttpContext context, ConsolePages pages) => pages.OverviewAsync(context));
        console.MapGet("/assets/{site}/{asset}", (HttpContext context, ConsolePages pages, string site, string asset) => pages.AssetAsync(context, site, asset));
        console.MapGet("/topology", (HttpContext context, TopologyPages pages) => pages.ShowAsync(context));
        console.MapGet("/console/stream/topology", (HttpContext context, ConsoleStream stream) => stream.TopologyAsync(context));
        console.MapGet("/alarms", (HttpContext context, AlarmPages pages) => pages.ListAsync(context));
        console.MapGet("/alarms/history", (HttpContext context, AlarmPages pages) => pages.HistoryAsync(context));
        console.MapGet("/alarms/{id}", (HttpContext context, AlarmPages pages, string id) => pages.AlarmAsync(context, id));
        console.MapGet("/console/stream/alarm-history", (HttpContext context, AlarmStream stream) => stream.HistoryAsync(context));
        console.MapGet("/console/stream/alarms/{id}", (HttpContext context, AlarmStream stream, string id) => stream.AlarmAsync(context, id));
        console.MapPost("/console/alarms/act", (HttpContext context, AlarmPages pages) => pages.ActAsync(context));
        console.MapGet("/console/stream/alarms", (HttpContext context, AlarmStream stream) => stream.ListAsync(context));
        console.MapGet("/alarms/quality", (HttpContext context, ConsolePages pages) => pages.QualityAsync(context));
        console.MapGet("/quarantine", (HttpContext context, ConsolePages pages) => pages.QuarantineAsync(context));
        console.MapGet("/subscriptions", (HttpContext context, SubscriptionPages pages) => pages.ShowAsync(context));
        console.MapPost("/console/subscriptions/{name}/test", (HttpContext context, SubscriptionPages pages, string name) => pages.TestAsync(context, name));
        console.MapPost("/console/deliveries/{number:long}/replay", (HttpContext context, SubscriptionPages pages, long number) => pages.Replay(context, number));
        console.MapGet("/console/stream/subscriptions", (HttpContext context, ConsoleStream stream) => stream.SubscriptionsAsync(context));
        console.MapGet("/ledger", (HttpContext context, ConsolePages pages) => pages.LedgerAsync(context));
        console.MapPost("/console/quarantine/replay", (HttpContext context, ConsolePages pages) => pages.ReplayAsync(context));
        console.MapGet("/console/stream/overview", (HttpContext context, ConsoleStream stream) => stream.OverviewAsync(context));
        console.MapGet("/console/stream/ledger", (HttpContext context, ConsoleStream stream) => stream.LedgerAsync(context));
        console.MapGet("/console/stream/assets/{site}/{asset}", async (HttpContext context, ConsoleStream stream, string site, string asset) =>
            AssetId.TryOf(site, asset, out var id) ? await stream.AssetAsync(context, id) : Results.NotFound());
    }
}
