namespace Alatau.Iot.Notifications.Email;

/// <summary>The mail server refused a step of the conversation; never leaves this folder.</summary>
/// <param name="message">What it said.</param>
/// <param name="isFinal">Whether it will say so again (5yz, RFC 5321, 4.2.1).</param>
internal sealed class SmtpException(string message, bool isFinal) : Exception(message)
{
    public bool IsFinal { get; } = isFinal;
}
