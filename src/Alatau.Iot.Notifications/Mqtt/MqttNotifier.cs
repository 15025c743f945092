using System.Text;
using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;

namespace Alatau.Iot.Notifications.Mqtt;

/// <summary>Keeps the state of every alarm retained on <c>alatau/v1/{site}/{asset}/alarm/{rule}</c>, and says each of its steps, not retained, on <c>alatau/v1/{site}/{asset}/alarm-event/{rule}</c>.</summary>
/// <remarks>The return to normal is published retained, too, never cleared by an empty payload: a subscriber that was away learns that the alarm is over.</remarks>
public sealed class MqttNotifier(IAlarmPublisher publisher, string name = "mqtt-alarms") : INotifier
{
    public string Name => name;

    public string Means => "mqtt";

    public string Target => $"{publisher.Target}: alatau/v1/{{site}}/{{asset}}/alarm/{{rule}}";

    /// <summary>The topic of a rule's alarm at an asset.</summary>
    public static string TopicOf(AlarmTransition transition) => $"alatau/v1/{transition.Asset.Site}/{transition.Asset.Name}/alarm/{transition.Rule}";

    /// <summary>The topic of its steps as they happen.</summary>
    public static string EventTopicOf(AlarmTransition transition) => $"alatau/v1/{transition.Asset.Site}/{transition.Asset.Name}/alarm-event/{transition.Rule}";

    /// <summary>Publishes both: the state, retained, and the step.</summary>
    public ValueTask<DeliveryResult> DeliverAsync(Notification notification, CancellationToken cancellationToken) => PublishAsync(notification.Transitions, withEvent: true, cancellationToken);

    /// <summary>Makes the state of an alarm stand retained again without saying that anything happened: after a start.</summary>
    public ValueTask<DeliveryResult> RetainAsync(AlarmTransition latest, CancellationToken cancellationToken) => PublishAsync([latest], withEvent: false, cancellationToken);

    private async ValueTask<DeliveryResult> PublishAsync(IReadOnlyList<AlarmTransition> transitions, bool withEvent, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var transition in transitions)
            {
                byte[] payload = JsonSerializer.SerializeToUtf8Bytes(AlarmMessage.Of(transition), AlarmMessageJson.Default.AlarmMessage);
                await publisher.PublishAsync(Encoding.UTF8.GetBytes(TopicOf(transition)), payload, retain: true, cancellationToken);
                if (withEvent)
                {
                    await publisher.PublishAsync(Encoding.UTF8.GetBytes(EventTopicOf(transition)), payload, retain: false, cancellationToken);
                }
            }

            return DeliveryResult.Delivered;
        }
        catch (IOException e)
        {
            return DeliveryResult.Failed(e.Message);
        }
        catch (ArgumentException e)
        {
            return DeliveryResult.Refused(e.Message);
        }
    }
}
