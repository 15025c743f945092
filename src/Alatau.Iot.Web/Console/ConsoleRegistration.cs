using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Alatau.Iot.Web.Console;

/// <summary>Puts the console into a host.</summary>
internal static class ConsoleRegistration
{
    public static void Add(IServiceCollection services) => services.AddRazorComponents();

    public static void Map(WebApplication app)
    {
        _ = app;
    }
}
