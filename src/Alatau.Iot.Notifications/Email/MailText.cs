using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;
using MimeKit;
using MimeKit.Text;

namespace Alatau.Iot.Notifications.Email;

/// <summary>A notification as a mail: plain and HTML (RFC 2046 alternative), in one thread with all other mails of its alarm.</summary>
/// <remarks>
/// The thread's root is an id made from the alarm's; the mail that tells its raise carries the root as its own Message-ID, all others refer to it (RFC 5322, 3.6.4), so that readers that got the raise or not show one
/// conversation. A mail of several alarms belongs to a thread of its subscription. Ids are the same when a mail is sent again. Auto-Submitted says that no holiday notice is wanted (RFC 3834).
/// </remarks>
internal static class MailText
{
    private const int Listed = 20;

    public static MimeMessage Of(Notification notification, IReadOnlyList<string> to, EmailOptions options, string? consoleUrl)
    {
        var first = notification.Transitions[0];
        string domain = options.From[(options.From.LastIndexOf('@') + 1)..];
        bool isOne = notification.Count == 1 && notification.Kind != NotificationKind.Test;
        string root = $"{Hash(isOne ? first.AlarmId : "subscription " + notification.Subscription)}@{domain}";
        bool isRoot = isOne && notification.Kind == NotificationKind.Step && first.To == AlarmState.Unacknowledged && first.From == AlarmState.Normal;
        var mail = new MimeMessage
        {
            Subject = OneLine(Subject(notification, isOne)),
            Date = notification.At.ToDateTimeOffset(),
            MessageId = isRoot ? root : $"{Hash(notification.Key)}@{domain}",
            XPriority = notification.Severity >= AlarmSeverity.High ? XMessagePriority.Highest : XMessagePriority.Normal,
            Body = new MultipartAlternative
            {
                new TextPart(TextFormat.Plain) { Text = Plain(notification, consoleUrl) },
                new TextPart(TextFormat.Html) { Text = Html(notification, consoleUrl) },
            },
        };
        mail.From.Add(new MailboxAddress(OneLine(options.FromName), options.From));
        mail.To.AddRange(to.Select(address => new MailboxAddress("", address)));
        if (!isRoot)
        {
            mail.InReplyTo = root;
            mail.References.Add(root);
        }

        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Headers.Add("X-Alatau-Key", OneLine(notification.Key));
        return mail;
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

    /// <summary>Text of a header: whatever breaks or steers a line is a space in it.</summary>
    private static string OneLine(string text) => string.Create(text.Length, text, (line, from) =>
    {
        for (int i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(from[i]) ? ' ' : from[i];
        }
    });
}
