using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;

namespace Alatau.Iot.Notifications.Webhook;

/// <summary>Posts notifications to a target and judges its answer.</summary>
/// <remarks>
/// 2xx has it, whatever the body says, and the body's beginning is kept for people. 408, 425, 429, 5xx, no connection and no answer are tried again, not before <c>Retry-After</c>. Every other status will stay
/// so: refused. A redirect is refused, too: where it leads must be written into the subscription, and is named.
/// </remarks>
internal sealed class WebhookNotifier(WebhookTarget target, string name, WebhookClient client, WebhookOptions options, TimeProvider clock) : INotifier
{
    private const int AnswerBytes = 1024;
    private const int AnswerCharacters = 160;
    private static readonly TimeSpan s_bodyTime = TimeSpan.FromSeconds(2);

    public string Name => name;

    public string Means => target.Means;

    public string Target => target.Address;

    public async ValueTask<DeliveryResult> DeliverAsync(Notification notification, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var request = Request(notification);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            return await JudgeAsync(response, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            return Find<PrivateAddressException>(e) is { } inside ? DeliveryResult.Refused(inside.Message) : DeliveryResult.Failed(Sentence(e));
        }
        catch (IOException e)
        {
            return DeliveryResult.Failed(e.Message);
        }
    }

    private async Task<DeliveryResult> JudgeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        string body = await BodyAsync(response, cancellationToken);
        string answer = string.Create(CultureInfo.InvariantCulture, $"{status} {body}").TrimEnd();
        if (status is >= 200 and < 300)
        {
            return DeliveryResult.DeliveredWith(answer);
        }

        if (status is >= 300 and < 400)
        {
            return DeliveryResult.Refused(Redirect(status, response.Headers.Location, response.RequestMessage?.RequestUri));
        }

        if (status is 408 or 425 or 429 or >= 500)
        {
            return DeliveryResult.Failed(answer) with { RetryAfter = response.Headers.RetryAfter?.Delta };
        }

        return DeliveryResult.Refused(answer);
    }

    private static string Redirect(int status, Uri? location, Uri? from)
    {
        if (location is null)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{status}: a redirect that leads nowhere.");
        }

        var to = location.IsAbsoluteUri || from is null ? location : new Uri(from, location);
        string where = to.IsAbsoluteUri ? to.GetLeftPart(UriPartial.Path) : to.ToString();
        bool isPrivate = to.IsAbsoluteUri && ((IPAddress.TryParse(to.IdnHost, out var address) && AddressPolicy.IsPrivate(address)) || to.IsLoopback);
        return string.Create(CultureInfo.InvariantCulture, $"{status}: redirects to {where}{(isPrivate ? ", a private address" : "")}. Redirects are not followed; write the final address into the subscription if it is meant.");
    }

    /// <summary>The beginning of the body as one line of printable text. The status has decided already, so that a body that doesn't come is waited for a moment only.</summary>
    private async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[AnswerBytes];
        int length = 0;
        using var moment = new CancellationTokenSource(s_bodyTime, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(moment.Token, cancellationToken);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(stop.Token);
            int read;
            while (length < buffer.Length && (read = await stream.ReadAsync(buffer.AsMemory(length), stop.Token)) > 0)
            {
                length += read;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (length == 0)
            {
                return "(the body did not come)";
            }
        }

        var text = new StringBuilder();
        foreach (var rune in Encoding.UTF8.GetString(buffer, 0, length).EnumerateRunes())
        {
            text.Append(Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) ? " " : rune == Rune.ReplacementChar ? "?" : rune.ToString());
        }

        string line = string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return line.Length > AnswerCharacters ? line[..AnswerCharacters] + "…" : line;
    }

    private static T? Find<T>(Exception? e)
        where T : Exception
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is T found)
            {
                return found;
            }
        }

        return null;
    }

    private static string Sentence(HttpRequestException e) => Find<SocketException>(e) is { } socket ? $"No connection: {socket.Message}"
        : e.HttpRequestError == HttpRequestError.InvalidResponse ? "The answer is no HTTP."
        : e.InnerException is { } inner && inner.Message != e.Message ? $"{e.Message} {inner.Message}" : e.Message;

    private HttpRequestMessage Request(Notification notification)
    {
        bool isCloudEvent = target.Format == WebhookFormat.CloudEvents;
        var body = isCloudEvent ? CloudEventBody.Of(notification, options) : AlertmanagerBody.Of(notification, options);
        var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(isCloudEvent ? CloudEventBody.ContentType : AlertmanagerBody.ContentType);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Alatau.Iot", "1"));
        request.Headers.TryAddWithoutValidation("Idempotency-Key", notification.Key);
        request.Headers.TryAddWithoutValidation(WebhookSignature.IdHeader, notification.Key);
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        request.Headers.TryAddWithoutValidation(WebhookSignature.TimestampHeader, now.ToString(CultureInfo.InvariantCulture));
        if (target.Key is { } key)
        {
            request.Headers.TryAddWithoutValidation(WebhookSignature.SignatureHeader, WebhookSignature.Of(key, notification.Key, now, body.Span));
        }

        if (target.Token is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        }

        return request;
    }
}
