using System.Globalization;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>The quarantine as its page shows it, and what the page's buttons do.</summary>
internal sealed class QuarantineReader(IQuarantine quarantine, IQuarantineReplay replay, Sites sites, TimeProvider clock)
{
    private const int PageSize = 100;
    private const int PayloadPreview = 200;
    private const int DetailPreview = 300;

    /// <summary>The parameters of the page.</summary>
    public Dictionary<string, object?> Read(HttpContext context, ShellView shell)
    {
        long before = Number(context.Request.Query["cursor"].FirstOrDefault()) ?? long.MaxValue;
        var found = quarantine.List(before, PageSize + 1);
        var now = Instant.Now(clock);
        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["Shell"] = shell,
            ["Rows"] = found.Take(PageSize).Select(m => Row(m, now)).ToArray(),
            ["Counts"] = quarantine.Counts.OrderByDescending(c => c.Value).Select(c => (Spaced(c.Key), c.Value)).ToArray(),
            ["Next"] = found.Count > PageSize ? found[PageSize - 1].Number.ToString(CultureInfo.InvariantCulture) : null,
            ["Said"] = Said(context.Request.Query),
        };
    }

    /// <summary>Sends one message (its number is in the form) or all through again.</summary>
    /// <returns>Where to go then.</returns>
    public async Task<string> ReplayAsync(IFormCollection form, CancellationToken cancellationToken)
    {
        if (form["number"].FirstOrDefault() is not { Length: > 0 } text)
        {
            var all = await replay.ReplayAsync(QuarantineFilter.All, cancellationToken);
            return string.Create(CultureInfo.InvariantCulture, $"/quarantine?taken={all.Taken}&left={all.Tried - all.Taken}");
        }

        if (Number(text) is not { } number || await replay.ReplayAsync(number, cancellationToken) is not { } answer)
        {
            return "/quarantine?taken=0&left=0";
        }

        return answer.Verdict == QuarantineReplayVerdict.Taken
            ? "/quarantine?taken=1&left=0"
            : $"/quarantine?taken=0&left=1&why={Uri.EscapeDataString(answer.Detail.Length > DetailPreview ? answer.Detail[..DetailPreview] : answer.Detail)}";
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number < long.MaxValue ? number : null;

    private static string? Said(IQueryCollection query)
    {
        if (Number(query["taken"].FirstOrDefault()) is not { } taken || Number(query["left"].FirstOrDefault()) is not { } left)
        {
            return null;
        }

        string why = query["why"].FirstOrDefault() is { Length: > 0 and <= DetailPreview } detail ? ": " + detail : "";
        return (taken, left) switch
        {
            (0, 0) => "Nothing was there to send again.",
            (_, 0) => $"{Figure.Count(taken)} sent again and taken.",
            (0, _) => $"{Figure.Count(left)} still can't be taken{why}",
            _ => $"{Figure.Count(taken)} sent again and taken, {Figure.Count(left)} still can't be.",
        };
    }

    private static string Spaced(QuarantineReason reason) => string.Concat(reason.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? " " + char.ToLowerInvariant(c) : c.ToString()));

    private QuarantineRowView Row(QuarantinedMessage message, Instant now)
    {
        var item = QuarantineEndpoints.Item(message);
        string payload = item.Payload ?? "base64 " + item.PayloadBase64;
        var local = TimeZoneInfo.ConvertTime(message.ReceivedAt.ToDateTimeOffset(), sites.CityZone);
        return new QuarantineRowView(
            message.Number,
            local.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            Figure.Age(now - message.ReceivedAt),
            message.Route,
            message.Client,
            message.Topic,
            Spaced(message.Reason),
            message.Detail,
            payload.Length > PayloadPreview ? payload[..PayloadPreview] + "…" : payload,
            !message.IsCut);
    }
}
