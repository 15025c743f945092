using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Notifications.Mqtt;
using Alatau.Iot.Web.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Alatau.Iot.Host.Recovery;

/// <summary>Tells the console and MQTT after a restart which alarms are open; our own server has forgotten what it had retained.</summary>
internal static class OpenAlarms
{
    private const int Chunk = 4096;

    public static async Task RestoreAsync(IServiceProvider rooms, CancellationToken cancellationToken)
    {
        var runtime = rooms.GetRequiredService<IAssetRuntime>();
        var book = rooms.GetRequiredService<AlarmBook>();
        MqttNotifier[] retained = [.. rooms.GetServices<IAlarmPublisher>().Select(p => new MqttNotifier(p))];
        int count = rooms.GetRequiredService<AssetDirectory>().Count;
        for (int first = 0; first < count; first += Chunk)
        {
            var handles = Enumerable.Range(first, Math.Min(Chunk, count - first)).Select(i => new AssetHandle(i)).ToArray();
            foreach (var alarm in (await runtime.GetManyAsync(handles, cancellationToken)).SelectMany(s => s.Alarms))
            {
                var last = new AlarmTransition(
                    alarm.AlarmId, alarm.Asset, alarm.Rule, alarm.Title, alarm.Severity, AlarmState.Normal, alarm.State, alarm.ChangedAt, alarm.RaisedAt, alarm.Value, alarm.By, alarm.Why) { IsQuiet = alarm.IsQuiet };
                book.Add(last);
                foreach (var notifier in alarm.IsQuiet ? [] : retained)
                {
                    // A broker that is away has kept what it retained.
                    await notifier.RetainAsync(last, cancellationToken);
                }
            }
        }
    }
}
