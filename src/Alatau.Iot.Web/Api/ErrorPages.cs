using Alatau.Iot.Web.Console;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Alatau.Iot.Web.Api;

/// <summary>Gives every refusal that carries no body a problem: unknown path, wrong method, unreadable body, a bug.</summary>
internal static class ErrorPages
{
    public static void Use(IApplicationBuilder app)
    {
        app.UseExceptionHandler(failing => failing.Run(async context =>
        {
            var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
            if (error is BadHttpRequestException bad)
            {
                context.Response.StatusCode = bad.StatusCode;
            }

            await WriteAsync(context);
        }));
        app.UseStatusCodePages(context => WriteAsync(context.HttpContext));
    }

    /// <summary>A person's browser that follows a link to nowhere gets a page; programs get a problem.</summary>
    private static async Task<bool> WritePageAsync(HttpContext context)
    {
        bool isPerson = context.Response.StatusCode == StatusCodes.Status404NotFound
            && HttpMethods.IsGet(context.Request.Method)
            && context.Request.Headers.Accept.Any(a => a?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true)
            && !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
        if (isPerson)
        {
            var page = await context.RequestServices.GetRequiredService<ConsolePages>().MissingAsync(context, $"There is nothing at {context.Request.Path}.");
            await page.ExecuteAsync(context);
        }

        return isPerson;
    }

    private static async Task WriteAsync(HttpContext context)
    {
        if (await WritePageAsync(context))
        {
            return;
        }

        int status = context.Response.StatusCode;
        (string type, string detail) = status switch
        {
            StatusCodes.Status400BadRequest => ("invalid-request", "The body or a parameter can't be read; the OpenAPI document at /openapi/v1.json gives the form."),
            StatusCodes.Status404NotFound => ("unknown-path", $"There is nothing at {context.Request.Path}. The OpenAPI document at /openapi/v1.json lists all paths."),
            StatusCodes.Status405MethodNotAllowed => ("method-not-allowed", $"{context.Request.Path} doesn't take {context.Request.Method}; it takes {context.Response.Headers.Allow}."),
            StatusCodes.Status413PayloadTooLarge => ("too-large", "The body is larger than this server takes."),
            StatusCodes.Status415UnsupportedMediaType => ("unsupported-media-type", "Send application/json."),
            StatusCodes.Status500InternalServerError => ("internal", "Something failed here; the log says what."),
            _ => ("error", ReasonPhrases.GetReasonPhrase(status)),
        };
        await Problems.Of(status, type, ReasonPhrases.GetReasonPhrase(status), detail).ExecuteAsync(context);
    }
}
