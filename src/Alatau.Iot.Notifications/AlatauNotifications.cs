using System.Reactive.Concurrency;
using System.Security.Cryptography;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Notifications.Dispatching;
using Alatau.Iot.Notifications.Mqtt;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alatau.Iot.Notifications;

/// <summary>Puts the alarm dispatcher into a host.</summary>
public static class AlatauNotifications
{
    /// <summary>Registers the dispatcher as sink, subscription source and metric source. Every <see cref="IAlarmPublisher"/> gets all alarms; every <see cref="AlarmSubscription"/> gets its scope.</summary>
    /// <remarks>The host registers, for our own server: <c>AddSingleton&lt;IAlarmPublisher&gt;(p =&gt; new ServerAlarmPublisher(new Lazy&lt;MqttServer&gt;(p.GetRequiredService&lt;MqttServer&gt;)))</c>.</remarks>
    public static IServiceCollection AddAlatauNotifications(this IServiceCollection services)
    {
        services.AddOptions<DispatchOptions>().BindConfiguration(DispatchOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => new AlarmDispatcher(
            [
                .. p.GetServices<IAlarmPublisher>().Select((publisher, i) => new AlarmSubscription(new MqttNotifier(publisher, i == 0 ? "mqtt-alarms" : $"mqtt-alarms-{i + 1}"), NotificationScope.All)),
                .. p.GetServices<AlarmSubscription>(),
            ],
            p.GetRequiredService<IOptions<DispatchOptions>>().Value,
            TaskPoolScheduler.Default,
            new Random(RandomNumberGenerator.GetInt32(int.MaxValue))));
        services.AddSingleton<IAssetUpdateSink>(p => p.GetRequiredService<AlarmDispatcher>());
        services.AddSingleton<ISubscriptionSource>(p => p.GetRequiredService<AlarmDispatcher>());
        services.AddSingleton<IMetricSource>(p => p.GetRequiredService<AlarmDispatcher>());
        return services;
    }
}
