using System.Globalization;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Core.Quarantine;

namespace Alatau.Iot.Host.Commands;

/// <summary>A quarantined message as a verb shows it, out of the API or out of the data folder.</summary>
internal sealed record QuarantineRow(
    long Number, string ReceivedAt, string Reason, string Route, string Client, string Topic, string Detail, byte[] Payload, bool IsCut, bool IsReplayed)
{
    private const int LongestDetail = 100;

    public static QuarantineRow From(JsonElement item) => new(
        item.GetProperty("number").GetInt64(),
        Text(item, "receivedAt"),
        Text(item, "reason"),
        Text(item, "route"),
        Text(item, "client"),
        Text(item, "topic"),
        Text(item, "detail"),
        item.GetProperty("payloadBase64").GetBytesFromBase64(),
        item.GetProperty("isCut").GetBoolean(),
        item.GetProperty("isReplayed").GetBoolean());

    public static QuarantineRow From(QuarantinedMessage message) => new(
        message.Number,
        message.ReceivedAt.ToString(),
        JsonNamingPolicy.CamelCase.ConvertName(message.Reason.ToString()),
        message.Route,
        message.Client,
        message.Topic,
        message.Detail,
        message.Payload.ToArray(),
        message.IsCut,
        message.IsReplayed);

    /// <summary>One line of a list.</summary>
    public string Line() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Number,8}  {ReceivedAt}  {Reason,-18} {Route,-8} {Topic}  {(Detail.Length > LongestDetail ? Detail[..LongestDetail] + "…" : Detail)}{(IsReplayed ? "  (sent again)" : "")}");

    /// <summary>Everything, for one message.</summary>
    public string Whole()
    {
        string text = Encoding.UTF8.GetString(Payload);
        bool isText = Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(Payload) && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
        return string.Join(
            Environment.NewLine,
            $"number    {Number.ToString(CultureInfo.InvariantCulture)}{(IsReplayed ? " (sent again)" : "")}",
            $"received  {ReceivedAt} by {Route} from {Client}",
            $"topic     {Topic}",
            $"reason    {Reason}: {Detail}",
            $"payload   {Payload.Length.ToString(CultureInfo.InvariantCulture)} bytes{(IsCut ? ", the rest is missing" : "")}{(isText ? "" : ", base64")}",
            isText ? text : Convert.ToBase64String(Payload));
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString() ?? "";
}
