using System.Buffers;
using System.Text.Json;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Notifications.Subscriptions;

namespace Alatau.Iot.Notifications.Webhook;

/// <summary>A notification as one CloudEvent in structured JSON (CloudEvents 1.0, JSON event format).</summary>
/// <remarks><c>type</c> is <c>city.alatau.iot.alarm.</c> and the step (<c>raised</c>, <c>acknowledged</c>, …), or <c>digest</c>, <c>reminder</c>, <c>escalation</c>, <c>test</c>; <c>data.alarms</c> always is a list.</remarks>
internal static class CloudEventBody
{
    public const string ContentType = "application/cloudevents+json; charset=utf-8";

    private const string TypePrefix = "city.alatau.iot.alarm.";

    public static ReadOnlyMemory<byte> Of(Notification notification, WebhookOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        var first = notification.Transitions[0];
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", notification.Key);
        json.WriteString("source", options.Source);
        json.WriteString("type", TypePrefix + (notification.Kind == NotificationKind.Step ? AlarmJson.Word((AlarmStep)first.To) : AlarmJson.Word(notification.Kind)));
        json.WriteString("subject", notification.Count == 1 ? $"{first.Asset}/{first.Rule}" : notification.Subscription);
        json.WriteString("time", notification.At.ToString());
        json.WriteString("datacontenttype", "application/json");
        json.WriteStartObject("data");
        json.WriteString("subscription", notification.Subscription);
        json.WriteString("kind", AlarmJson.Word(notification.Kind));
        json.WriteNumber("level", notification.Level);
        json.WriteString("title", notification.Title);
        json.WriteStartArray("alarms");
        foreach (var step in notification.Transitions)
        {
            AlarmJson.Write(json, step, options.ConsoleUrl);
        }

        json.WriteEndArray();
        json.WriteNumber("more", notification.More);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
