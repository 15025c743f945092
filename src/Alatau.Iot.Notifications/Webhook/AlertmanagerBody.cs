using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;

namespace Alatau.Iot.Notifications.Webhook;

/// <summary>A notification as Prometheus' Alertmanager sends it to a webhook (its documentation, webhook_config, version 4), for receivers that already understand that.</summary>
/// <remarks>An alert is <c>resolved</c> when the process is normal again, acknowledged or not; <c>endsAt</c> then is the time of that step, and else the zero time, as Alertmanager writes it.</remarks>
internal static class AlertmanagerBody
{
    public const string ContentType = "application/json; charset=utf-8";

    private const string ZeroTime = "0001-01-01T00:00:00Z";

    public static ReadOnlyMemory<byte> Of(Notification notification, WebhookOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);

        // A receiver keeps one alert for each fingerprint: of several steps of one alarm the latest counts.
        AlarmTransition[] latest = [.. notification.Transitions.GroupBy(t => t.AlarmId, StringComparer.Ordinal).Select(g => g.Last())];
        json.WriteStartObject();
        json.WriteString("version", "4");
        json.WriteString("groupKey", $"{{}}:{{subscription=\"{notification.Subscription}\"}}");
        json.WriteNumber("truncatedAlerts", notification.More);
        json.WriteString("status", Array.TrueForAll(latest, IsResolved) ? "resolved" : "firing");
        json.WriteString("receiver", notification.Subscription);
        Labels(json, "groupLabels", ("subscription", notification.Subscription));
        Labels(json, "commonLabels", [.. LabelsOf(latest[0]).Where(label => Array.TrueForAll(latest, t => LabelsOf(t).Contains(label)))]);
        Labels(json, "commonAnnotations", ("kind", AlarmJson.Word(notification.Kind)), ("title", notification.Title));
        json.WriteString("externalURL", options.ConsoleUrl ?? "");
        json.WriteStartArray("alerts");
        foreach (var step in latest)
        {
            json.WriteStartObject();
            json.WriteString("status", IsResolved(step) ? "resolved" : "firing");
            Labels(json, "labels", LabelsOf(step));
            Labels(json, "annotations", ("summary", $"{step.Title} at {step.Asset}"), ("description", step.Why), ("state", AlarmJson.Word(step.To)), ("by", step.By));
            json.WriteString("startsAt", step.RaisedAt.ToString());
            json.WriteString("endsAt", IsResolved(step) ? step.At.ToString() : ZeroTime);
            json.WriteString("generatorURL", AlarmJson.LinkTo(step, options.ConsoleUrl) ?? "");
            json.WriteString("fingerprint", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{step.Asset}/{step.Rule}")).AsSpan(0, 8)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static bool IsResolved(AlarmTransition step) => step.To is AlarmState.Normal or AlarmState.ReturnedUnacknowledged;

    private static (string Name, string Value)[] LabelsOf(AlarmTransition step) =>
        [("alertname", step.Rule), ("asset", step.Asset.Name), ("instance", step.Asset.ToString()), ("severity", AlarmJson.Word(step.Severity)), ("site", step.Asset.Site)];

    private static void Labels(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        json.WriteStartObject(name);
        foreach (var (label, value) in labels)
        {
            json.WriteString(label, value);
        }

        json.WriteEndObject();
    }
}
