using System.Text.Json;
using System.Text.Json.Serialization;
using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Notifications.Mqtt;

/// <summary>An alarm's step as it stands on its topic.</summary>
/// <param name="State">Camel case; <c>normal</c> when the alarm is over.</param>
/// <param name="From">The state before, camel case.</param>
/// <param name="At">RFC 3339, event time of the step.</param>
/// <param name="Value">In the canonical unit of the rule's measurand; null for silence and for a person's action.</param>
internal sealed record AlarmMessage(string Id, string State, string Severity, string Title, string At, string RaisedAt, double? Value, string By, string Why, string From)
{
    public static AlarmMessage Of(AlarmTransition t) =>
        new(t.AlarmId, Word(t.To.ToString()), Word(t.Severity.ToString()), t.Title, t.At.ToString(), t.RaisedAt.ToString(), t.Value, t.By, t.Why, Word(t.From.ToString()));

    private static string Word(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}

/// <summary>Source-generated JSON of the alarm topics.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AlarmMessage))]
internal sealed partial class AlarmMessageJson : JsonSerializerContext;
