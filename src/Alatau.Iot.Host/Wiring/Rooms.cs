using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Engine;
using Alatau.Iot.Host.Observation;
using Alatau.Iot.Host.Outages;
using Alatau.Iot.Host.Recovery;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Ingest.Pipeline;
using Alatau.Iot.Ingest.Sources;
using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Mqtt.Server;
using Alatau.Iot.Notifications;
using Alatau.Iot.Notifications.Mqtt;
using Alatau.Iot.Storage.Corrections;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Storage.Influx.Sites;
using Alatau.Iot.Storage.Outbox;
using Alatau.Iot.Storage.Recording;
using Alatau.Iot.Storage.RollUps;
using Alatau.Iot.Storage.Sqlite;
using Alatau.Iot.Storage.Unrecorded;
using Alatau.Iot.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Host.Wiring;

/// <summary>Says which room stands behind which port.</summary>
internal static class Rooms
{
    public static void AddRooms(this IServiceCollection services, PlatformPlan plan)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(plan.Files.Profiles.Measurands);
        services.AddSingleton(_ => Directory(plan));
        services.AddSingleton(p => Topology.Of(plan.Files.Fleets, p.GetRequiredService<AssetDirectory>()));
        foreach (var fleet in plan.Files.Fleets)
        {
            services.AddSingleton(fleet);
        }

        foreach (var rule in plan.Files.Rules)
        {
            services.AddSingleton(rule);
        }

        services.AddSingleton(_ => Account(plan));
        services.AddSingleton(p => OutageMap.Of(
            p.GetRequiredService<Topology>(),
            p.GetRequiredService<AssetDirectory>(),
            plan.Files.Rules,
            plan.Files.Fleets.SelectMany(f => f.Customers).ToDictionary(),
            plan.Files.Fleets.SelectMany(f => f.ReachedThrough),
            Instant.Now(p.GetRequiredService<TimeProvider>())));
        AddRuntime(services, plan);
        AddOutages(services);
        AddHistory(services, plan);
        AddIngest(services, plan);
        services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(plan.DataFolder, "keys"))).SetApplicationName("Alatau.Iot");
        services.AddSingleton<IAlarmPublisher>(p => new ServerAlarmPublisher(new Lazy<MqttServer>(p.GetRequiredService<MqttServer>)));
        if (plan.OpenTelemetry.Endpoint is not null)
        {
            services.AddHostedService(p => new MetricExport(plan.OpenTelemetry, p.GetServices<IMetricSource>()));
        }

        services.AddAlatauNotifications(plan.Subscriptions);
        services.AddAlatauWeb();
    }

    /// <summary>Registers a room once and under the ports by which others see it.</summary>
    private static void AddRoom<T>(this IServiceCollection services, Func<IServiceProvider, T> make)
        where T : class
    {
        services.AddSingleton(make);
        foreach (var port in typeof(T).GetInterfaces().Where(i => i.Namespace!.StartsWith("Alatau.Iot.", StringComparison.Ordinal)))
        {
            services.AddSingleton(port, p => p.GetRequiredService<T>());
        }
    }

    /// <summary>All routes have their numbers before the first message, whoever comes first: the journal writes numbers.</summary>
    private static Ledger Account(PlatformPlan plan)
    {
        var ledger = plan.Recovery.Journal ? RouteNames.Open(plan.Journal.Folder) : new Ledger();
        foreach (string name in plan.Bridges.Select(bridge => bridge.RouteName).Prepend(HttpIntake.RouteName).Prepend(MqttRoad.RouteName))
        {
            ledger.Route(name);
        }

        return ledger;
    }

    private static AssetDirectory Directory(PlatformPlan plan)
    {
        var directory = plan.Files.Register();
        directory.TryRegister(PlatformAsset.Asset, out _);
        foreach (var bridge in plan.Bridges)
        {
            directory.TryRegister(PlatformAsset.Bridge(bridge.Name, PlatformReadings.Period), out _);
        }

        return directory;
    }

    private static void AddRuntime(IServiceCollection services, PlatformPlan plan) =>
        services.AddRoom(p => new AssetEngine(
            plan.Files.Profiles.Measurands,
            p.GetRequiredService<AssetDirectory>(),
            new AlarmRuleSet(plan.Files.Rules, plan.Files.Profiles.Measurands),
            [.. plan.Files.Fleets.SelectMany(f => f.Sites)],
            plan.Processing,
            plan.Engine,
            p.GetServices<IAssetUpdateSink>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetService<ListeningMarks>(),
            p.GetRequiredService<OutageMap>()));

    private static void AddOutages(IServiceCollection services) =>
        services.AddRoom(p => new OutageWatch(
            p.GetRequiredService<OutageMap>(),
            new Lazy<IOutageSteps>(() => new OutageSteps(
                p.GetService<MessageJournal>(),
                p.GetRequiredService<TelemetryRoad>(),
                p.GetRequiredService<AssetEngine>(),
                p.GetRequiredService<AssetDirectory>(),
                p.GetRequiredService<TimeProvider>())),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<OutageWatch>>()));

    private static void AddHistory(IServiceCollection services, PlatformPlan plan)
    {
        switch (plan.Storage.Provider)
        {
            case StorageProvider.Sqlite:
                services.AddRoom<IHistoryStore>(p => new SqliteHistoryStore(plan.Sqlite, plan.Retention, plan.DataFolder, p.GetRequiredService<AssetDirectory>(), plan.Files.Profiles.Measurands));
                break;
            case StorageProvider.Influx:
                services.AddRoom(p => new DatabaseClock(plan.Influx, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<DatabaseClock>>()));
                services.AddRoom<IHistoryStore>(p => new InfluxHistoryStore(plan.Influx, plan.Retention, p.GetRequiredService<AssetDirectory>(), plan.Files.Profiles.Measurands, p.GetRequiredService<DatabaseClock>(), plan.Files.Fleets.SelectMany(f => f.Places)));
                services.AddHostedService(p => new SiteRollUp((InfluxHistoryStore)p.GetRequiredService<IHistoryStore>(), plan.Influx, plan.Files.Fleets.SelectMany(f => f.Sites), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<SiteRollUp>>()));
                services.AddHostedService(p => new PlatformSampler(plan.Influx, plan.Retention, p.GetRequiredService<Ledger>(), p.GetServices<IMetricSource>(), p.GetRequiredService<AssetDirectory>(), p.GetRequiredService<IAssetRuntime>().GetManyAsync, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<PlatformSampler>>()));
                break;
            default:
                services.AddRoom<IHistoryStore>(_ => new NoHistoryStore());
                services.AddRoom(p => new UnrecordedLedger(p.GetRequiredService<Ledger>()));
                break;
        }

        AddRollUps(services, plan);
        if (plan.Storage.Provider != StorageProvider.None)
        {
            services.AddRoom(p => HistoryOutbox.Open(
                plan.Outbox,
                plan.DataFolder,
                p.GetRequiredService<IHistoryStore>().Name,
                p.GetRequiredService<AssetDirectory>(),
                plan.Files.Profiles.Measurands,
                p.GetRequiredService<Ledger>(),
                p.GetRequiredService<TimeProvider>(),
                p.GetRequiredService<ILogger<HistoryOutbox>>(),
                p.GetRequiredService<IQuarantine>()));
            services.AddRoom(p => new HistoryRecorder(
                p.GetRequiredService<IHistoryStore>(),
                p.GetRequiredService<Ledger>(),
                plan.Recording,
                plan.Engine.Shards > 0 ? plan.Engine.Shards : Environment.ProcessorCount,
                plan.DataFolder,
                p.GetRequiredService<TimeProvider>(),
                new Random(Environment.TickCount ^ Environment.ProcessId),
                p.GetRequiredService<ILogger<HistoryRecorder>>(),
                p.GetRequiredService<HistoryOutbox>()));
            services.AddHostedService<RetentionLoop>();
            AddCorrections(services, plan);
        }

        services.AddRoom(p => QuarantineFile.Open(plan.Quarantine, plan.DataFolder, p.GetRequiredService<Ledger>(), p.GetRequiredService<ILogger<QuarantineFile>>(), p.GetRequiredService<TimeProvider>()));
    }

    /// <summary>Before the recorder among the sinks: what the store shows of a window has been staged by then.</summary>
    private static void AddRollUps(IServiceCollection services, PlatformPlan plan)
    {
        if (plan.Storage.Provider != StorageProvider.None)
        {
            services.AddSingleton(p => (IRollUpStore)p.GetRequiredService<IHistoryStore>());
        }

        services.AddRoom(p => new RollUpStaging(p.GetRequiredService<Topology>(), plan.Engine.Shards > 0 ? plan.Engine.Shards : Environment.ProcessorCount));
        services.AddRoom(p => new RollUpKeeper(
            p.GetRequiredService<Topology>(),
            p.GetRequiredService<AssetDirectory>(),
            plan.Files.Profiles.Measurands,
            p.GetRequiredService<RollUpStaging>(),
            plan.Storage.Provider == StorageProvider.None ? null : p.GetRequiredService<IRollUpStore>(),
            p.GetService<HistoryRecorder>() is { } recorder ? recorder.FlushAsync : null,
            plan.Recovery.Journal ? plan.DataFolder : null,
            plan.Processing.ClockAheadLimit,
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<RollUpKeeper>>()));
        services.AddHostedService(p => p.GetRequiredService<RollUpKeeper>());
    }

    private static void AddCorrections(IServiceCollection services, PlatformPlan plan)
    {
        services.AddRoom(p => CorrectionMarks.Open(plan.DataFolder, p.GetRequiredService<AssetDirectory>(), plan.Files.Profiles.Measurands, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<CorrectionMarks>>()));
        services.AddRoom(p => new CorrectionLoop(
            p.GetRequiredService<CorrectionMarks>(),
            p.GetRequiredService<IHistoryStore>(),
            p.GetRequiredService<HistoryRecorder>(),
            p.GetRequiredService<IWindowCorrections>(),
            p.GetRequiredService<AssetDirectory>(),
            plan.Files.Profiles.Measurands,
            plan.Corrections,
            plan.Retention,
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<CorrectionLoop>>()));
        services.AddHostedService(p => p.GetRequiredService<CorrectionLoop>());
    }

    private static void AddIngest(IServiceCollection services, PlatformPlan plan)
    {
        services.AddSingleton(p => new DeviceResolver(plan.Files.Profiles, p.GetRequiredService<AssetDirectory>(), plan.Files.Fleets, plan.Ingest));
        services.AddRoom(p => new TelemetryRoad(
            p.GetRequiredService<IAssetRuntime>(),
            p.GetRequiredService<DeviceResolver>(),
            p.GetRequiredService<IQuarantine>(),
            p.GetRequiredService<Ledger>(),
            plan.Processing,
            p.GetService<MessageJournal>()));
        AddRecovery(services, plan);
        services.AddRoom(p => new QuarantineReplay(
            p.GetRequiredService<TelemetryRoad>(),
            p.GetRequiredService<IQuarantine>(),
            p.GetRequiredService<AssetDirectory>(),
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetService<MessageJournal>(),
            p.GetService<Checkpoints>() is { } checkpoints ? checkpoints.HoldWithQuarantineAsync : null));
        services.AddRoom(p => new MqttRoad(p.GetRequiredService<TelemetryRoad>(), p.GetRequiredService<Ledger>(), p.GetService<MessageJournal>()));
        services.AddRoom(p => new HttpIntake(p.GetRequiredService<TelemetryRoad>(), p.GetRequiredService<Ledger>(), p.GetRequiredService<TimeProvider>(), p.GetService<MessageJournal>()));
        services.AddHostedService<BirthRequests>();
        services.AddHostedService<PlatformReadings>();
        services.AddRoom(p => new CredentialFile(plan.CredentialsPath, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p =>
        {
            var road = p.GetRequiredService<MqttRoad>();
            var server = new MqttServer(plan.Mqtt, p.GetRequiredService<IMqttAuthenticator>(), road, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<MqttServer>>());
            p.GetRequiredService<TelemetryRoad>().Senders[road.Route] = (topic, payload) => server.Publish(System.Text.Encoding.UTF8.GetBytes(topic), payload.Span);
            return server;
        });
        services.AddRoom(p => new MqttMetrics(p.GetRequiredService<MqttServer>()));
        foreach (var bridge in plan.Bridges)
        {
            services.AddSingleton(p => new BridgeSource(
                bridge,
                p.GetRequiredService<TelemetryRoad>(),
                p.GetRequiredService<Ledger>(),
                plan.Files.Profiles.Profiles.SelectMany(f => f.TopicFilters),
                InstallationId.In(plan.DataFolder),
                p.GetRequiredService<TimeProvider>(),
                p.GetService<MessageJournal>()));
        }

        if (plan.Bridges.Count > 0)
        {
            services.AddSingleton<BridgesObserved>();
            services.AddSingleton<IMetricSource>(p => p.GetRequiredService<BridgesObserved>());
            services.AddSingleton<IReadinessCheck>(p => p.GetRequiredService<BridgesObserved>());
        }
    }

    private static void AddRecovery(IServiceCollection services, PlatformPlan plan)
    {
        if (!plan.Recovery.Journal)
        {
            return;
        }

        services.AddRoom(p => MessageJournal.Open(plan.Journal, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<MessageJournal>>()));
        if (plan.Storage.Provider != StorageProvider.None)
        {
            services.AddHostedService<StoredAlarms>();
        }

        services.AddSingleton(p => new ListeningMarks(p.GetRequiredService<MessageJournal>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IAlarmCommandIntake>(p => new JournaledCommands(
            p.GetRequiredService<MessageJournal>(),
            p.GetRequiredService<TelemetryRoad>(),
            p.GetRequiredService<AssetEngine>(),
            p.GetRequiredService<AssetDirectory>(),
            p.GetRequiredService<TimeProvider>()));
        services.AddRoom(p => new Checkpoints(
            plan.DataFolder,
            plan.Journal.Folder,
            plan.Recovery,
            p.GetRequiredService<MessageJournal>(),
            p.GetRequiredService<TelemetryRoad>(),
            p.GetRequiredService<AssetEngine>(),
            p.GetRequiredService<AssetDirectory>(),
            p.GetRequiredService<ListeningMarks>(),
            p.GetService<HistoryRecorder>(),
            p.GetService<HistoryOutbox>(),
            p.GetService<CorrectionMarks>(),
            p.GetRequiredService<QuarantineFile>(),
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<Checkpoints>>(),
            p.GetRequiredService<RollUpKeeper>().MakeDurable));
    }
}
