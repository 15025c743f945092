using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Notifications.Subscriptions;

namespace Alatau.Iot.Notifications.Email;

/// <summary>Tells by mail: <c>{"to": [addresses]}</c>; the server is the settings' affair.</summary>
/// <param name="options">The mail server.</param>
/// <param name="consoleUrl">Address of the console for links; null for none.</param>
public sealed class EmailMeans(EmailOptions options, string? consoleUrl) : NotificationMeans
{
    private const int MostAddresses = 50;

    public override string Name => "email";

    public override SubscriptionTarget? Read(FileNode node, bool mayHoldSecrets)
    {
        var to = new List<string>();
        var items = node.Items("to");
        foreach (var item in items)
        {
            string text = item.Element.ToString();
            if (!MailAddress.IsValid(text))
            {
                item.Fault($"'{text}' is no mail address", "Write it as name@example.org");
            }
            else if (to.Contains(text, StringComparer.OrdinalIgnoreCase))
            {
                item.Fault($"'{text}' stands here twice", "Keep it once");
            }
            else
            {
                to.Add(text);
            }
        }

        if (items.Count is 0 or > MostAddresses)
        {
            node.FaultAt("to", "A mail needs one to fifty addresses", "Add one: [\"name@example.org\"]");
        }

        node.ReportUnknown();
        if (string.IsNullOrEmpty(options.Host))
        {
            node.Fault("No mail server is set", "Set Notifications:Email:Host and From, or use another means");
        }

        return to.Count == 0 ? null : new EmailTarget(to, FormattableString.Invariant($"{options.Host}:{options.Port}"));
    }

    public override INotifier Make(SubscriptionTarget target, string name) => new EmailNotifier((EmailTarget)target, name, options, consoleUrl);
}
