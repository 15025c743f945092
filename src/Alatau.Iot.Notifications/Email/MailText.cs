using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;

namespace Alatau.Iot.Notifications.Email;

/// <summary>A notification as a mail: plain and HTML (RFC 2046 alternative), in one thread with all other mails of its alarm.</summary>
/// <remarks>
/// The thread's root is an id made from the alarm's; the mail that tells its raise carries the root as its own Message-ID, all others refer to it (RFC 5322, 3.6.4), so that readers that got the raise or not show one
/// conversation. A mail of several alarms belongs to a thread of its subscription. Ids are the same when a mail is sent again. Auto-Submitted says that no holiday notice is wanted (RFC 3834).
/// </remarks>
internal static class MailText
{
    private const int Listed = 20;
    private const int LineLength = 76;

    public static string Of(Notification notification, IReadOnlyList<string> to, EmailOptions options, string? consoleUrl)
    {
        var first = notification.Transitions[0];
        string domain = options.From[(options.From.LastIndexOf('@') + 1)..];
        bool isOne = notification.Count == 1 && notification.Kind != NotificationKind.Test;
        string root = $"<{Hash(isOne ? first.AlarmId : "subscription " + notification.Subscription)}@{domain}>";
        bool isRoot = isOne && notification.Kind == NotificationKind.Step && first.To == AlarmState.Unacknowledged && first.From == AlarmState.Normal;
        string boundary = "=_" + Hash(notification.Key);
        var mail = new StringBuilder();
        Header(mail, "From", $"{Words(options.FromName)} <{options.From}>");
        Header(mail, "To", string.Join(",\r\n ", to));
        Header(mail, "Subject", Words(Subject(notification, isOne)));
        Header(mail, "Date", notification.At.ToDateTimeOffset().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Header(mail, "Message-ID", isRoot ? root : $"<{Hash(notification.Key)}@{domain}>");
        if (!isRoot)
        {
            Header(mail, "In-Reply-To", root);
            Header(mail, "References", root);
        }

        Header(mail, "Auto-Submitted", "auto-generated");
        Header(mail, "X-Priority", notification.Severity >= AlarmSeverity.High ? "1" : "3");
        Header(mail, "X-Alatau-Key", notification.Key);
        Header(mail, "MIME-Version", "1.0");
        Header(mail, "Content-Type", $"multipart/alternative; boundary=\"{boundary}\"");
        mail.Append("\r\n");
        Part(mail, boundary, "text/plain", Plain(notification, consoleUrl));
        Part(mail, boundary, "text/html", Html(notification, consoleUrl));
        mail.Append("--").Append(boundary).Append("--\r\n");
        return mail.ToString();
    }

    /// <summary>Mails of one alarm have one subject, with what happened behind it: readers thread by it, too.</summary>
    private static string Subject(Notification notification, bool isOne) =>
        isOne && notification.Kind == NotificationKind.Step
            ? $"[{notification.Severity}] {notification.Transitions[0].Title} at {notification.Transitions[0].Asset}: {Notification.StepOf(notification.Transitions[0]).ToLowerInvariant()}"
            : $"[{notification.Severity}] {notification.Title}";

    private static string Plain(Notification notification, string? consoleUrl)
    {
        var text = new StringBuilder(notification.Title).Append("\r\n\r\n");
        foreach (var step in notification.Transitions.Take(Listed))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Notification.StepOf(step)}: {step.Title} at {step.Asset} ({step.Severity})\r\n");
            text.Append(CultureInfo.InvariantCulture, $"  {step.Why}\r\n  At {step.At}, raised {step.RaisedAt}, by {step.By}\r\n");
            if (Webhook.AlarmJson.LinkTo(step, consoleUrl) is { } link)
            {
                text.Append("  ").Append(link).Append("\r\n");
            }

            text.Append("\r\n");
        }

        if (notification.Count > Listed)
        {
            text.Append(CultureInfo.InvariantCulture, $"and {notification.Count - Math.Min(Listed, notification.Transitions.Count)} more\r\n\r\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"Subscription {notification.Subscription}\r\n").ToString();
    }

    private static string Html(Notification notification, string? consoleUrl)
    {
        var html = new StringBuilder("<!DOCTYPE html>\r\n<html><body style=\"font-family:sans-serif;color:#15191c\">\r\n");
        html.Append(CultureInfo.InvariantCulture, $"<p style=\"font-size:17px;font-weight:bold;margin:0 0 12px\">{Safe(notification.Title)}</p>\r\n<table style=\"border-collapse:collapse\">\r\n");
        foreach (var step in notification.Transitions.Take(Listed))
        {
            string place = Webhook.AlarmJson.LinkTo(step, consoleUrl) is { } link ? $"<a href=\"{Safe(link)}\">{Safe(step.Asset.ToString())}</a>" : Safe(step.Asset.ToString());
            html.Append(CultureInfo.InvariantCulture, $"<tr><td style=\"padding:6px 12px 6px 8px;border-left:4px solid {Colour(step.Severity)};vertical-align:top\"><b>{Notification.StepOf(step)}</b><br>{step.Severity}</td>");
            html.Append(CultureInfo.InvariantCulture, $"<td style=\"padding:6px 0;vertical-align:top\">{Safe(step.Title)}, {place}<br>{Safe(step.Why)}<br><span style=\"color:#4d565d\">{step.At}, by {Safe(step.By)}</span></td></tr>\r\n");
        }

        html.Append("</table>\r\n");
        if (notification.Count > Listed)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p>and {notification.Count - Math.Min(Listed, notification.Transitions.Count)} more</p>\r\n");
        }

        return html.Append(CultureInfo.InvariantCulture, $"<p style=\"color:#78828a\">Subscription {Safe(notification.Subscription)}</p>\r\n</body></html>\r\n").ToString();
    }

    private static string Colour(AlarmSeverity severity) => severity switch
    {
        AlarmSeverity.Critical => "#b3001b",
        AlarmSeverity.High => "#c25100",
        AlarmSeverity.Medium => "#8a6d00",
        _ => "#4a5f8f",
    };

    private static string Safe(string text) => HtmlEncoder.Default.Encode(text);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private static void Header(StringBuilder mail, string name, string value) => mail.Append(name).Append(": ").Append(value).Append("\r\n");

    private static void Part(StringBuilder mail, string boundary, string type, string body)
    {
        mail.Append("--").Append(boundary).Append("\r\nContent-Type: ").Append(type).Append("; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(body));
        for (int at = 0; at < encoded.Length; at += LineLength)
        {
            mail.Append(encoded.AsSpan(at, Math.Min(LineLength, encoded.Length - at))).Append("\r\n");
        }
    }

    /// <summary>Text of a header: as it is when it is plain and short, else in encoded words (RFC 2047) that never cut a character; never a line break of its own.</summary>
    private static string Words(string text)
    {
        bool isPlain = text.Length <= LineLength && text.All(c => c is >= ' ' and <= '~' and not ('"' or '<' or '>' or ',' or ':' or ';' or '@' or '(' or ')' or '[' or ']' or '\\' or '.' or '=' or '?'));
        if (isPlain)
        {
            return text;
        }

        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            string next = Rune.IsControl(rune) ? " " : rune.ToString();
            if (Encoding.UTF8.GetByteCount(word.ToString()) + Encoding.UTF8.GetByteCount(next) > 42)
            {
                words.Add(Encoded(word));
                word.Clear();
            }

            word.Append(next);
        }

        words.Add(Encoded(word));
        return string.Join("\r\n ", words);
    }

    private static string Encoded(StringBuilder word) => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(word.ToString()))}?=";
}
