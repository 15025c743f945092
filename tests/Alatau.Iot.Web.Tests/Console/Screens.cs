using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Tests.City;
using Microsoft.Playwright;

namespace Alatau.Iot.Web.Tests.Console;

/// <summary>Every page at two sizes in both themes: nothing overflows sideways, no fault. With ALATAU_SCREENS set the pictures are kept there for a person to look at.</summary>
public sealed class Screens(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly string? s_folder = Environment.GetEnvironmentVariable("ALATAU_SCREENS");

    [Fact]
    public async Task Pages_AtBothSizesAndThemes_FitTheWindow()
    {
        await using var city = await TestCity.StartAsync(prepare: (p, now) => new CityLife(p, 1).FillDay(now));
        var life = new CityLife(city, 7);
        var now = Instant.Now(TimeProvider.System);
        for (int i = 180; i > 0; i--)
        {
            life.Step(now - TimeSpan.FromSeconds(20 * i), i < 80 ? ["gate/meter-004"] : []);
        }

        life.RaiseAlarms(now);
        byte mqtt = city.Ledger.Route("mqtt");
        city.Ledger.Received(mqtt, 1_204_318);
        city.Ledger.Stored(mqtt, 1_203_900);
        city.Ledger.Duplicate(mqtt, 12);
        city.Ledger.Quarantined(mqtt, 3);
        city.Quarantine.Add(now, mqtt, "meter-gw-3", "alatau/v1/green/meter-999/telemetry"u8, """{"v":{"activePower":"much"}}"""u8, Core.Quarantine.QuarantineReason.UnknownDevice, "Asset green/meter-999 is not in the fleet. Add it to the fleet, or switch Ingest:AutoRegister on.", position: 0);
        city.Quarantine.Add(now, mqtt, "shelly-7c", "shellypro3em-7c/status/em:0"u8, """{"id":0,"a_current":}"""u8, Core.Quarantine.QuarantineReason.Malformed, "Not valid JSON at byte 21.", position: 0);
        foreach (var (width, height) in new[] { (1920, 1080), (1366, 768) })
        {
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await using var visit = await chromium.VisitAsync(city.Url, width, height, scheme);
                foreach (var (name, path) in new[]
                {
                    ("overview", "/"), ("filtered", "/?site=green&kind=meter"), ("asset", "/assets/green/meter-012?measurand=voltage.l1"), ("plant", "/assets/green/pv-park"),
                    ("quarantine", "/quarantine"), ("ledger", "/ledger"),
                })
                {
                    await visit.Page.GotoAsync(path);
                    if (await visit.Page.EvaluateAsync<string>("document.body.dataset.stream") is { Length: > 0 })
                    {
                        life.Step(Instant.Now(TimeProvider.System), "gate/meter-004");
                        await visit.MovedAsync();
                    }

                    Assert.True(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{path} is wider than {width}");
                    string wide = await visit.Page.EvaluateAsync<string>("[...document.querySelectorAll('.panel, .rows, .scroll, .tile')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className).join(', ')");
                    Assert.True(wide.Length == 0, $"{path} at {width}: too narrow for its content: {wide}");
                    if (s_folder is not null)
                    {
                        await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(s_folder, $"{name}-{width}-{scheme}.png".ToLowerInvariant()) });
                    }
                }

                Assert.Empty(visit.Faults);
            }
        }
    }
}
