using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Alatau.Iot.Notifications.Subscriptions;

namespace Alatau.Iot.Notifications.Webhook;

/// <summary>Signs a body so that the target knows who sent it and when, by the Standard Webhooks specification: <c>v1,</c> and the base64 of HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
/// <remarks>A key that begins with <c>whsec_</c> is base64 after it, as the specification writes keys; any other is taken as its UTF-8 bytes.</remarks>
internal static class WebhookSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const string KeyPrefix = "whsec_";

    public static string Of(Secret key, string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, KeyOf(key.Reveal()));
        mac.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}.")));
        mac.AppendData(body);
        return "v1," + Convert.ToBase64String(mac.GetHashAndReset());
    }

    private static byte[] KeyOf(string text)
    {
        byte[] buffer = new byte[text.Length];
        return text.StartsWith(KeyPrefix, StringComparison.Ordinal) && Convert.TryFromBase64String(text[KeyPrefix.Length..], buffer, out int length) ? buffer[..length] : Encoding.UTF8.GetBytes(text);
    }
}
