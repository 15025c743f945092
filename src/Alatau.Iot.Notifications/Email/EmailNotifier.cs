using System.Globalization;
using System.Security.Cryptography;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Alatau.Iot.Notifications.Email;

/// <summary>Hands notifications to the mail server.</summary>
internal sealed class EmailNotifier(EmailTarget target, string name, EmailOptions options, string? consoleUrl) : INotifier
{
    /// <summary>From here on a server will say the same again (5yz, RFC 5321, 4.2.1).</summary>
    private const SmtpStatusCode Final = (SmtpStatusCode)500;

    public string Name => name;

    public string Means => target.Means;

    public string Target => target.Address;

    public async ValueTask<DeliveryResult> DeliverAsync(Notification notification, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var mail = MailText.Of(notification, target.To, options, consoleUrl);
            var (answer, refused) = await MailHandover.SendAsync(options, mail, cancellationToken);
            return DeliveryResult.DeliveredWith(refused.Count == 0 ? answer : $"{answer} (not to {string.Join("; ", refused)})");
        }
        catch (SmtpCommandException e)
        {
            string problem = e.ErrorCode == SmtpErrorCode.RecipientNotAccepted ? e.Message : string.Create(CultureInfo.InvariantCulture, $"{(int)e.StatusCode} {e.Message}");
            return e.StatusCode >= Final ? DeliveryResult.Refused(problem) : DeliveryResult.Failed(problem);
        }
        catch (AuthenticationException e)
        {
            return e.InnerException is SmtpCommandException { StatusCode: >= Final } ? DeliveryResult.Refused(e.Message) : DeliveryResult.Failed(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return DeliveryResult.Failed(e.Message);
        }
    }
}
