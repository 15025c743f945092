using System.Reactive.Concurrency;
using System.Security.Cryptography;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Notifications.Desk;
using Alatau.Iot.Notifications.Dispatching;
using Alatau.Iot.Notifications.Keeping;
using Alatau.Iot.Notifications.Mqtt;
using Alatau.Iot.Notifications.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Alatau.Iot.Notifications;

/// <summary>Puts the alarm dispatcher and the subscriptions of people into a host.</summary>
public static class AlatauNotifications
{
    /// <summary>Registers dispatcher and desk as sink, subscription sources and metric sources. Every <see cref="IAlarmPublisher"/> gets all alarms; every <see cref="AlarmSubscription"/> gets its scope.</summary>
    /// <param name="services">Needed in it: <c>AssetDirectory</c>, <c>TimeProvider</c>.</param>
    /// <param name="setup">The subscriptions of people; its means end with the host.</param>
    /// <remarks>The host registers, for our own server: <c>AddSingleton&lt;IAlarmPublisher&gt;(p =&gt; new ServerAlarmPublisher(new Lazy&lt;MqttServer&gt;(p.GetRequiredService&lt;MqttServer&gt;)))</c>.</remarks>
    public static IServiceCollection AddAlatauNotifications(this IServiceCollection services, SubscriptionSetup setup)
    {
        services.AddOptions<DispatchOptions>().BindConfiguration(DispatchOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => new AlarmDispatcher(
            [
                .. p.GetServices<IAlarmPublisher>().Select((publisher, i) => new AlarmSubscription(new MqttNotifier(publisher, i == 0 ? "mqtt-alarms" : $"mqtt-alarms-{i + 1}"), SubscriptionScope.All)),
                .. p.GetServices<AlarmSubscription>(),
            ],
            p.GetRequiredService<IOptions<DispatchOptions>>().Value,
            TaskPoolScheduler.Default,
            Random(),
            KindOf(p)));
        services.AddSingleton(p => new SubscriptionDesk(
            setup,
            p.GetRequiredService<AlarmDispatcher>().Transitions,
            p.GetRequiredService<IOptions<DispatchOptions>>().Value,
            TaskPoolScheduler.Default,
            Random(),
            KindOf(p),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<NotificationKeeper>>()));
        services.AddSingleton<IAssetUpdateSink>(p =>
        {
            // The desk listens before the first step comes, also before those of a replay.
            p.GetRequiredService<SubscriptionDesk>();
            return p.GetRequiredService<AlarmDispatcher>();
        });
        services.AddSingleton<ISubscriptionDesk>(p => p.GetRequiredService<SubscriptionDesk>());
        services.AddSingleton<ISubscriptionSource>(p => p.GetRequiredService<AlarmDispatcher>());
        services.AddSingleton<ISubscriptionSource>(p => p.GetRequiredService<SubscriptionDesk>());
        services.AddSingleton<IMetricSource>(p => p.GetRequiredService<AlarmDispatcher>());
        services.AddSingleton<IMetricSource>(p => p.GetRequiredService<SubscriptionDesk>());
        services.AddSingleton<IReadinessCheck>(p => p.GetRequiredService<SubscriptionDesk>());
        return services;
    }

    private static Random Random() => new(RandomNumberGenerator.GetInt32(int.MaxValue));

    private static Func<AssetId, AssetKind> KindOf(IServiceProvider services)
    {
        var assets = services.GetRequiredService<AssetDirectory>();
        return id => assets.TryFind(id, out var handle) ? assets[handle].Kind : AssetKind.Unknown;
    }
}
