using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Tests.Api;
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

        life.Nuisances(now);
        life.RaiseAlarms(now);
        city.Runtime.Move("green/meter-004", city.Rule("voltage-low"), AlarmState.Shelved, now - TimeSpan.FromMinutes(12), 206.1, "Aigerim", "shelved for 2 h: crew is at the tap changer");
        city.Runtime.Move("green/meter-005", city.Rule("voltage-low"), AlarmState.SuppressedByDesign, now - TimeSpan.FromMinutes(3), null, "platform", "no mains: outage at Feeder 1 (green/feeder-1) since 10:15");
        city.Runtime.Move("gate/meter-006", city.Rule("voltage-high"), AlarmState.OutOfService, now - TimeSpan.FromHours(30), null, "Daniyar", "sensor is being exchanged, order 4711");
        string alarm = AlarmTransition.IdOf(Core.Assets.AssetId.Of("green", "meter-012"), "voltage-high", now - TimeSpan.FromSeconds(40));
        byte mqtt = city.Ledger.Route("mqtt");
        city.Ledger.Received(mqtt, 1_204_318);
        city.Ledger.Stored(mqtt, 1_203_900);
        city.Ledger.Duplicate(mqtt, 12);
        city.Ledger.Quarantined(mqtt, 3);
        city.Quarantine.Add(now, mqtt, "meter-gw-3", "alatau/v1/green/meter-999/telemetry"u8, """{"v":{"activePower":"much"}}"""u8, Core.Quarantine.QuarantineReason.UnknownDevice, "Asset green/meter-999 is not in the fleet. Add it to the fleet, or switch Ingest:AutoRegister on.", position: 0);
        city.Quarantine.Add(now, mqtt, "shelly-7c", "shellypro3em-7c/status/em:0"u8, """{"id":0,"a_current":}"""u8, Core.Quarantine.QuarantineReason.Malformed, "Not valid JSON at byte 21.", position: 0);
        Subscribers(city.Desk, now, alarm);
        TopologyTests.Fill(city, now - TimeSpan.FromMinutes(3));
        foreach (var (width, height) in new[] { (1920, 1080), (1366, 768) })
        {
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await using var visit = await chromium.VisitAsync(city.Url, width, height, scheme);
                foreach (var (name, path) in new[]
                {
                    ("overview", "/"), ("filtered", "/?site=green&kind=meter"), ("asset", "/assets/green/meter-012?measurand=voltage.l1"), ("plant", "/assets/green/pv-park"),
                    ("topology", "/topology?node=gate/feeder-1"), ("quarantine", "/quarantine"), ("ledger", "/ledger"), ("subscriptions", "/subscriptions"),
                    ("alarms", "/alarms"), ("aside", "/alarms?show=aside"), ("alarm-history", "/alarms/history"), ("alarm", "/alarms/" + alarm), ("quality", "/alarms/quality"),
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

    private static void Subscribers(TestDesk desk, Instant now, string alarm)
    {
        desk.Add(new SubscriptionView("mqtt-alarms", "mqtt", "this server: alatau/v1/{site}/{asset}/alarm/{rule}", "all", 1318, 0, 0, 0, null));
        desk.Add(new SubscriptionView("night-shift", "webhook, email", "https://desk.alatau.example/hooks/alarms, grid@alatau.example; then chief@alatau.example", "site gate, golden; kind meter, transformer; severity high and above", 212, 3, 0, 0, null)
        {
            Origin = "file", Title = "Night shift of the grid", Timing = "on duty mon, tue, wed, thu, fri 18:00-08:00 (Asia/Almaty); again every 30m until acknowledged; escalates after 15m; at most 10 in 10m", Held = 37,
        });
        desk.Add(new SubscriptionView("maintenance", "webhook", "https://tickets.example.org/api/v2/events/alatau", "rule silent", 18, 44, 2, 9, "503 upstream is restarting") { Origin = "api", Timing = "digest at 07:00, 15:00 (Asia/Almaty) except critical", TargetsResting = 1 });
        desk.Deliver("night-shift", NotificationKind.Step, "Raised: Voltage above 253 V at gate/meter-004", alarm, DeliveryState.Delivered, now - TimeSpan.FromMinutes(4), 1, null, "204");
        desk.Deliver("night-shift", NotificationKind.Digest, "Raised: Voltage above 253 V at golden/meter-011 and 37 more", alarm, DeliveryState.Delivered, now - TimeSpan.FromMinutes(3), 2, "No answer in time.", "200 {\"status\":\"queued\"}");
        desk.Deliver("maintenance", NotificationKind.Step, "Raised: No measurement at green/weather", alarm, DeliveryState.Waiting, now - TimeSpan.FromMinutes(2), 4, "503 upstream is restarting", "", now + TimeSpan.FromSeconds(40));
        desk.Deliver("maintenance", NotificationKind.Step, "Over: No measurement at green/weather", alarm, DeliveryState.DeadLetter, now - TimeSpan.FromMinutes(1), 1, "307: redirects to http://10.0.4.1/internal, a private address. Redirects are not followed; write the final address into the subscription if it is meant.");
        desk.Deliver("night-shift", NotificationKind.Escalation, "Escalation 1, nobody acknowledged: Transformer above rating at gate/transformer-1", alarm, DeliveryState.Delivered, now - TimeSpan.FromSeconds(20), 1, null, "OK: queued as 4F1B");
    }
}
