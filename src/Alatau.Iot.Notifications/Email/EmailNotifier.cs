using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;

namespace Alatau.Iot.Notifications.Email;

/// <summary>Hands notifications to the mail server.</summary>
internal sealed class EmailNotifier(EmailTarget target, string name, EmailOptions options, string? consoleUrl) : INotifier
{
    public string Name => name;

    public string Means => target.Means;

    public string Target => target.Address;

    public async ValueTask<DeliveryResult> DeliverAsync(Notification notification, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var (answer, refused) = await SmtpConversation.SendAsync(options, target.To, MailText.Of(notification, target.To, options, consoleUrl), cancellationToken);
            string note = refused.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (not to {string.Join("; ", refused)})");
            return DeliveryResult.DeliveredWith(answer + note);
        }
        catch (SmtpException e)
        {
            return e.IsFinal ? DeliveryResult.Refused(e.Message) : DeliveryResult.Failed(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            return DeliveryResult.Failed(e.Message);
        }
    }
}
