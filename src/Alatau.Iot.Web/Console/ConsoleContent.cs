using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Console;

/// <summary>Style sheet, module and icon, embedded in the assembly; their addresses carry their hash, so that a browser keeps them for a year.</summary>
internal static class ConsoleContent
{
    private static readonly Dictionary<string, (byte[] Bytes, string Type)> s_byPath = new(StringComparer.Ordinal);

    public static string Style { get; } = Load("console.css", "text/css; charset=utf-8");

    public static string Module { get; } = Load("console.mjs", "text/javascript; charset=utf-8");

    public static string Icon { get; } = Load("icon.svg", "image/svg+xml");

    public static void Map(WebApplication app) =>
        app.MapGet("/console/content/{name}", (string name, HttpContext context) =>
        {
            if (!s_byPath.TryGetValue("/console/content/" + name, out var content))
            {
                return Results.NotFound();
            }

            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return Results.Bytes(content.Bytes, content.Type);
        }).ExcludeFromDescription();

    private static string Load(string name, string type)
    {
        using var stream = typeof(ConsoleContent).Assembly.GetManifestResourceStream("console/" + name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 6));
        string path = $"/console/content/{Path.GetFileNameWithoutExtension(name)}.{hash}{Path.GetExtension(name)}";
        s_byPath[path] = (bytes, type);
        return path;
    }
}
