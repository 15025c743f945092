using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Alatau.Iot.Notifications.Webhook;

/// <summary>Where webhooks may lead, and how their events are named.</summary>
public sealed class WebhookOptions : IValidatableObject
{
    public const string SectionName = "Notifications:Webhook";

    /// <summary>Networks of private, loopback or otherwise not public addresses that a target may have, for example <c>10.20.0.0/16</c>; default none. Checked when a connection is made, after the name was resolved.</summary>
    public IReadOnlyList<string> AllowPrivate { get; set; } = [];

    /// <summary>The <c>source</c> of CloudEvents: which installation speaks; a URI reference. Default <c>urn:alatau:iot</c>.</summary>
    [Required]
    public string Source { get; set; } = "urn:alatau:iot";

    /// <summary>Address of the console as subscribers reach it, for links in events; default none.</summary>
    public string? ConsoleUrl { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (string network in AllowPrivate)
        {
            if (!IPNetwork.TryParse(network, out _))
            {
                yield return new ValidationResult($"'{network}' is no network; write it as 10.20.0.0/16 or ::1/128.", [nameof(AllowPrivate)]);
            }
        }

        if (!Uri.TryCreate(Source, UriKind.RelativeOrAbsolute, out _))
        {
            yield return new ValidationResult("Source must be a URI reference, such as urn:alatau:iot.", [nameof(Source)]);
        }

        if (ConsoleUrl is not null && !(Uri.TryCreate(ConsoleUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            yield return new ValidationResult("ConsoleUrl must be an address as https://console.example.org.", [nameof(ConsoleUrl)]);
        }
    }
}
