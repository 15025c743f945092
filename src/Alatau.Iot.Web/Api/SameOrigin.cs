using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Api;

/// <summary>Refuses a write that another site's page made a browser send: its Origin is not the host that is asked.</summary>
internal sealed class SameOrigin : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        IsForeign(context.HttpContext.Request)
            ? ValueTask.FromResult<object?>(Problems.Of(StatusCodes.Status403Forbidden, "foreign-origin", "Foreign origin", "A page of another origin may not write here."))
            : next(context);

    public static bool IsForeign(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return false;
        }

        string? origin = request.Headers.Origin.FirstOrDefault();
        return origin is not null && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
