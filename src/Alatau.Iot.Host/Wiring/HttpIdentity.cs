using System.Net;
using System.Text;
using Alatau.Iot.Mqtt.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Alatau.Iot.Host.Wiring;

/// <summary>Who may use API and console: on this machine everybody, from elsewhere the users of the credential file, by HTTP Basic (RFC 7617).</summary>
/// <remarks>Operators and services may see everything and act on alarms. Devices speak MQTT, not HTTP. Health answers everybody: probes have no password.</remarks>
internal static class HttpIdentity
{
    private const string Scheme = "Basic ";

    public static void UseHttpIdentity(this WebApplication app, PlatformPlan plan)
    {
        if (IPAddress.IsLoopback(plan.Address))
        {
            return;
        }

        var authenticator = app.Services.GetRequiredService<IMqttAuthenticator>();
        app.Use(async (context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) || await IsAllowedAsync(context, authenticator))
            {
                await next(context);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"Alatau.Iot\", charset=\"UTF-8\"";
            context.Response.ContentType = "application/problem+json";
            await context.Response.WriteAsync("""{"type":"about:blank","title":"Unauthorized","status":401,"detail":"Name a user of the credential file; 'alatau credentials add' makes one. Devices speak MQTT."}""");
        });
    }

    private static async Task<bool> IsAllowedAsync(HttpContext context, IMqttAuthenticator authenticator)
    {
        string header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        byte[] buffer = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Scheme.Length..].Trim(), buffer, out int length))
        {
            return false;
        }

        string pair = Encoding.UTF8.GetString(buffer, 0, length);
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1)
        {
            return false;
        }

        var remote = new IPEndPoint(context.Connection.RemoteIpAddress ?? IPAddress.None, context.Connection.RemotePort);
        var answer = await authenticator.AuthenticateAsync(new MqttCredentials(pair[..colon], Encoding.UTF8.GetBytes(pair[(colon + 1)..]), remote), context.RequestAborted);
        return answer.Identity is { Role: not MqttRole.Device };
    }
}
