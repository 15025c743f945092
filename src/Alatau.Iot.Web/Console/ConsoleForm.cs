using Alatau.Iot.Web.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Alatau.Iot.Web.Console;

/// <summary>What the console's forms have in common.</summary>
internal static class ConsoleForm
{
    /// <summary>What a form of ours brought; a form of another origin, or anything else, is refused.</summary>
    public static async Task<(IFormCollection? Form, IResult? Refusal)> ReadAsync(HttpContext context)
    {
        if (SameOrigin.IsForeign(context.Request))
        {
            return (null, Problems.Of(StatusCodes.Status403Forbidden, "foreign-origin", "Foreign origin", "A page of another origin may not write here."));
        }

        return context.Request.HasFormContentType
            ? (await context.Request.ReadFormAsync(context.RequestAborted), null)
            : (null, Problems.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "Unsupported media type", "Send a form."));
    }

    /// <summary>Back to the page that the form stood on, which says why when something was refused.</summary>
    /// <param name="refused">Word of <see cref="Refusal"/>; null when all was done.</param>
    public static IResult Back(HttpContext context, string? refused)
    {
        string path = "/";
        string query = "";
        if (Uri.TryCreate(context.Request.Headers.Referer.FirstOrDefault(), UriKind.Absolute, out var from) && from.Authority == context.Request.Host.Value)
        {
            (path, query) = (from.AbsolutePath, from.Query);
        }

        var kept = QueryHelpers.ParseQuery(query).Where(p => p.Key != Refusal.Parameter).SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v)));
        var parts = refused is null ? kept : kept.Append(KeyValuePair.Create(Refusal.Parameter, (string?)refused));
        return Results.LocalRedirect(QueryHelpers.AddQueryString(path, parts));
    }
}
