namespace Alatau.Iot.Notifications.Email;

/// <summary>Judges addresses of mail, so that nothing but an address can stand where one is written.</summary>
internal static class MailAddress
{
    private const int LongestAddress = 254;
    private const int LongestLocalPart = 64;

    /// <summary>Whether the text is <c>local@domain</c> in ASCII with a plain local part (RFC 5321's dot-string); quoted local parts and other alphabets are not taken.</summary>
    public static bool IsValid(string text)
    {
        int at = text.LastIndexOf('@');
        if (at is < 1 or > LongestLocalPart || text.Length > LongestAddress)
        {
            return false;
        }

        string local = text[..at];
        string domain = text[(at + 1)..];
        return local.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~.".Contains(c, StringComparison.Ordinal))
            && local[0] != '.' && local[^1] != '.' && !local.Contains("..", StringComparison.Ordinal)
            && domain.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && label[0] != '-' && label[^1] != '-');
    }
}
