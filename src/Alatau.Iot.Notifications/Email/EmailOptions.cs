using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Notifications.Email;

/// <summary>How a mail server is spoken to.</summary>
public enum EmailSecurity : byte
{
    /// <summary>In clear up to STARTTLS, which the server must offer (RFC 3207); the usual way, port 587.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314), port 465.</summary>
    Tls,

    /// <summary>In clear; only for a relay on this machine.</summary>
    None,
}

/// <summary>The mail server that mails of alarms are handed to.</summary>
public sealed class EmailOptions : IValidatableObject
{
    public const string SectionName = "Notifications:Email";

    /// <summary>Name of the server, as in its certificate; default none: no subscription may have an email target then.</summary>
    public string? Host { get; set; }

    /// <summary>Default 587.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    /// <summary>Default <c>startTls</c>. A server that doesn't offer it, or whose certificate isn't valid for <see cref="Host"/>, gets no mail.</summary>
    public EmailSecurity Security { get; set; } = EmailSecurity.StartTls;

    /// <summary>A file of PEM certificates that are trusted beside the system's, for a server with a certificate of the house; default none.</summary>
    public string? TrustedCertificates { get; set; }

    /// <summary>Sender's address; needed with <see cref="Host"/>.</summary>
    public string From { get; set; } = "";

    /// <summary>Sender's name. Default <c>Alatau.Iot</c>.</summary>
    public string FromName { get; set; } = "Alatau.Iot";

    /// <summary>User at the server; default none: mails are handed over without.</summary>
    public string? User { get; set; }

    /// <summary>Password; only from the environment (<c>ALATAU_Notifications__Email__Password</c>), never in a file that others read.</summary>
    public string? Password { get; set; }

    /// <summary>A file that holds the password and nothing else; default none.</summary>
    public string? PasswordFile { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(Host))
        {
            yield break;
        }

        if (!MailAddress.IsValid(From))
        {
            yield return new ValidationResult("From must be the sender's address, such as alarms@example.org.", [nameof(From)]);
        }

        if (User is not null && Security == EmailSecurity.None)
        {
            yield return new ValidationResult("A password must not travel in clear: set Security to startTls or tls, or remove User.", [nameof(Security)]);
        }

        if (User is not null && Password is null && PasswordFile is null)
        {
            yield return new ValidationResult("User needs a password: set ALATAU_Notifications__Email__Password or PasswordFile.", [nameof(PasswordFile)]);
        }

        foreach (var (file, name) in new[] { (TrustedCertificates, nameof(TrustedCertificates)), (PasswordFile, nameof(PasswordFile)) })
        {
            if (file is not null && !File.Exists(file))
            {
                yield return new ValidationResult($"There is no file {Path.GetFullPath(file)}.", [name]);
            }
        }
    }
}
