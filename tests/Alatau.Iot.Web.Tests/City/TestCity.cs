using System.Net;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Web.Tests.City;

/// <summary>The web room on a real Kestrel at a free loopback port, before a city whose measurements a test chooses.</summary>
internal sealed class TestCity : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestCity(WebApplication app)
    {
        _app = app;
        Catalog = app.Services.GetRequiredService<MeasurandCatalog>();
        Rules = [.. app.Services.GetServices<AlarmRule>()];
        Assets = app.Services.GetRequiredService<AssetDirectory>();
        Runtime = (TestRuntime)app.Services.GetRequiredService<IAssetRuntime>();
        History = (MemoryHistory)app.Services.GetRequiredService<IHistoryStore>();
        Quarantine = (ListedQuarantine)app.Services.GetRequiredService<IQuarantine>();
        Intake = (TestIntake)app.Services.GetRequiredService<ITelemetryIntake>();
        Desk = app.Services.GetRequiredService<TestDesk>();
        RollUps = app.Services.GetRequiredService<TestRollUps>();
        Ledger = app.Services.GetRequiredService<Ledger>();
        Check = (TestCheck)app.Services.GetRequiredService<IReadinessCheck>();
    }

    public Uri Url { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public MeasurandCatalog Catalog { get; }

    public IReadOnlyList<AlarmRule> Rules { get; }

    public AssetDirectory Assets { get; }

    public TestRuntime Runtime { get; }

    public MemoryHistory History { get; }

    public ListedQuarantine Quarantine { get; }

    public TestIntake Intake { get; }

    public TestDesk Desk { get; }

    public TestRollUps RollUps { get; }

    public Ledger Ledger { get; }

    public TestCheck Check { get; }

    public LiveFeed Feed => _app.Services.GetRequiredService<LiveFeed>();

    public StreamGate Gate => _app.Services.GetRequiredService<StreamGate>();

    public AlarmRule Rule(string name) => Rules.First(r => r.Name == name);

    public static async Task<TestCity> StartAsync(TimeProvider? clock = null, Action<WebOptions>? options = null, Action<TestCity, Instant>? prepare = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var services = builder.Services;
        var catalog = new MeasurandCatalog();
        var fleet = CityPlan.Fleet();
        var assets = new AssetDirectory();
        foreach (var asset in fleet.Assets)
        {
            assets.TryRegister(asset, out _);
        }

        services.AddSingleton(catalog).AddSingleton(fleet).AddSingleton(assets).AddSingleton(clock ?? TimeProvider.System).AddSingleton(new Ledger());
        services.AddSingleton(p => Topology.Of([fleet], assets));
        services.AddSingleton<TestRollUps>().AddSingleton<IRollUps>(p => p.GetRequiredService<TestRollUps>()).AddSingleton<IRollUpStore>(p => p.GetRequiredService<TestRollUps>());
        services.AddSingleton<MemoryHistory>().AddSingleton<IHistoryStore>(p => p.GetRequiredService<MemoryHistory>());
        services.AddSingleton<IAssetRuntime, TestRuntime>().AddSingleton<IAlarmCommandIntake>(p => p.GetRequiredService<IAssetRuntime>());
        services.AddSingleton<IQuarantine, ListedQuarantine>();
        services.AddSingleton<IQuarantineReplay, TestReplay>();
        services.AddSingleton<ITelemetryIntake, TestIntake>();
        services.AddSingleton<IReadinessCheck, TestCheck>();
        services.AddSingleton<TestDesk>().AddSingleton<ISubscriptionDesk>(p => p.GetRequiredService<TestDesk>()).AddSingleton<ISubscriptionSource>(p => p.GetRequiredService<TestDesk>());
        foreach (var rule in CityPlan.Rules(catalog))
        {
            services.AddSingleton(rule);
        }

        services.AddAlatauWeb();
        if (options is not null)
        {
            services.PostConfigure(options);
        }

        var app = builder.Build();
        app.MapAlatauWeb();
        var city = new TestCity(app);
        prepare?.Invoke(city, Instant.Now(clock ?? TimeProvider.System));
        await app.StartAsync();
        city.Url = new Uri(app.Urls.First());
        city.Client = new HttpClient { BaseAddress = city.Url };
        return city;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
