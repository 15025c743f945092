using System.Text;
using Alatau.Iot.Web.Console.Views;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Console;

/// <summary>Makes what every page carries, out of options, cookies and readiness.</summary>
internal sealed class ShellReader(WebOptions options, Sites sites, Pulse pulse, AlarmTallies tallies, TimeProvider clock)
{
    /// <summary>Who acknowledges when nobody gave a name.</summary>
    public const string Nobody = "operator";

    public async Task<ShellView> ReadAsync(HttpContext context, string page, string section, string? stream)
    {
        string theme = context.Request.Cookies["theme"] is "dark" or "light" ? context.Request.Cookies["theme"]! : "";
        var now = clock.GetUtcNow();
        var zone = sites.CityZone;
        return new ShellView(
            options.Title,
            page,
            section,
            theme,
            OperatorOf(context.Request),
            stream,
            (int)zone.GetUtcOffset(now).TotalMinutes,
            zone.Id,
            now.ToUnixTimeMilliseconds(),
            await pulse.ProblemsAsync(context.RequestAborted),
            tallies.Read(),
            Refusal.Text(context.Request.Query[Refusal.Parameter].FirstOrDefault()));
    }

    public static string OperatorOf(HttpRequest request)
    {
        string? name = request.Cookies["operator"];
        return string.IsNullOrWhiteSpace(name) || name.Length > 100 ? Nobody : name.Normalize(NormalizationForm.FormC);
    }
}
