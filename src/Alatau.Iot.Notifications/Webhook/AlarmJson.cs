using System.Text.Json;
using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Notifications.Webhook;

/// <summary>Writes one step of an alarm in the words of the API.</summary>
internal static class AlarmJson
{
    public static void Write(Utf8JsonWriter json, AlarmTransition step, string? consoleUrl)
    {
        json.WriteStartObject();
        json.WriteString("id", step.AlarmId);
        json.WriteString("site", step.Asset.Site);
        json.WriteString("asset", step.Asset.Name);
        json.WriteString("rule", step.Rule);
        json.WriteString("title", step.Title);
        json.WriteString("severity", Word(step.Severity));
        json.WriteString("from", Word(step.From));
        json.WriteString("state", Word(step.To));
        json.WriteString("at", step.At.ToString());
        json.WriteString("raisedAt", step.RaisedAt.ToString());
        if (step.Value is { } value)
        {
            json.WriteNumber("value", value);
        }
        else
        {
            json.WriteNull("value");
        }

        json.WriteString("by", step.By);
        json.WriteString("why", step.Why);
        if (LinkTo(step, consoleUrl) is { } link)
        {
            json.WriteString("link", link);
        }

        json.WriteEndObject();
    }

    /// <summary>The asset's page; null when nobody said where the console is.</summary>
    public static string? LinkTo(AlarmTransition step, string? consoleUrl) => consoleUrl is null ? null : $"{consoleUrl.TrimEnd('/')}/assets/{step.Asset.Site}/{step.Asset.Name}";

    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
