using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Tests.City;

namespace Alatau.Iot.Web.Tests.Api;

public sealed class LocalDaysTests
{
    private static readonly MeasurandCatalog s_catalog = new();
    private static readonly AssetId s_asset = AssetId.Of("gate", "meter-001");

    private static Instant At(string text) => Instant.TryParse(text, out var at) ? at : throw new FormatException(text);

    private static TimeZoneInfo Zone(string name) => TimeZoneInfo.FindSystemTimeZoneById(name);

    /// <summary>A meter that takes 100 Wh in every hour of a span.</summary>
    private static MemoryHistory Meter(string from, string to, WindowSpan span = WindowSpan.OneHour)
    {
        var history = new MemoryHistory();
        long length = span.Milliseconds();
        for (var at = At(from); at < At(to); at = new Instant(at.UnixMilliseconds + length))
        {
            double delta = 100.0 * length / 3_600_000;
            history.Add(s_asset, s_catalog.Id("energyImport").Value, span, new SeriesPoint(at, delta, Quality.Good, new WindowSummary(4, 1, 2, 1.5, 2, delta, 1, 1, Quality.Good)));
        }

        return history;
    }

    private static async Task<IReadOnlyList<SeriesPoint>> DaysAsync(MemoryHistory history, string from, string to, string zone, int limit = 100) =>
        (await ReadAsync(history, LocalDays.DaysHolding(At(from), At(to), Zone(zone), limit + 1), limit)).Points;

    private static ValueTask<SeriesPage> ReadAsync(MemoryHistory history, List<(Instant Start, Instant End)> spans, int limit = 100) =>
        ComposedWindows.ReadAsync(history, s_asset, s_catalog[s_catalog.Id("energyImport")], spans, ComposedWindows.PartOf(spans), At("2030-01-01T00:00:00Z"), limit, default);

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-28T23:00:00Z", 23)]
    [InlineData("Europe/Berlin", "2026-10-24T22:00:00Z", 25)]
    [InlineData("Europe/Berlin", "2026-06-09T22:00:00Z", 24)]
    [InlineData("Asia/Almaty", "2024-02-28T18:00:00Z", 25)]
    [InlineData("Asia/Almaty", "2024-02-29T19:00:00Z", 24)]
    public async Task Read_DaysOfChange_Have23Or25Hours(string zone, string start, int hours)
    {
        var history = Meter("2024-01-01T00:00:00Z", "2026-12-31T00:00:00Z");
        var from = At(start);
        var days = await DaysAsync(history, start, (from + TimeSpan.FromHours(1)).ToString(), zone);
        var day = Assert.Single(days);
        Assert.Equal(from, day.At);
        Assert.Equal(100.0 * hours, day.Value, 6);
        Assert.Equal(4 * hours, day.Summary!.Value.Count);
        Assert.Equal(1, day.Summary!.Value.Completeness, 3);
    }

    [Fact]
    public async Task Read_ZoneWithHalfHours_SumsQuarterHours()
    {
        var history = Meter("2026-06-01T00:00:00Z", "2026-06-05T00:00:00Z", WindowSpan.QuarterHour);
        var days = await DaysAsync(history, "2026-06-01T18:30:00Z", "2026-06-03T18:30:00Z", "Asia/Kolkata");
        Assert.Equal([At("2026-06-01T18:30:00Z"), At("2026-06-02T18:30:00Z")], days.Select(d => d.At));
        Assert.All(days, d => Assert.Equal(2400, d.Value, 6));
    }

    [Fact]
    public async Task Read_DayWithAGap_SaysHowCompleteItIs()
    {
        var history = Meter("2026-11-20T19:00:00Z", "2026-11-21T07:00:00Z");
        var day = Assert.Single(await DaysAsync(history, "2026-11-20T19:00:00Z", "2026-11-21T19:00:00Z", "Asia/Almaty"));
        Assert.Equal(0.5, day.Summary!.Value.Completeness, 3);
        Assert.Equal(1200, day.Value, 6);
        Assert.Equal(12, day.Summary!.Value.Revision);
    }

    [Fact]
    public void Midnight_ThatTheClocksSkip_IsTheMomentOfTheChange()
    {
        // Beirut put its clocks forward at midnight on 2022-03-27: that day began at 01:00 local, 22:00 UTC.
        var zone = Zone("Asia/Beirut");
        Assert.Equal(At("2022-03-26T22:00:00Z"), LocalDay.StartOf(new DateOnly(2022, 3, 27), zone));
        Assert.Equal(At("2022-03-27T21:00:00Z"), LocalDay.StartOf(new DateOnly(2022, 3, 28), zone));
    }

    [Fact]
    public void Midnight_ThatComesTwice_IsTheFirst()
    {
        // Havana puts its clocks back from 01:00 to 00:00: midnight of 2026-11-01 comes at 04:00 and 05:00 UTC.
        Assert.Equal(At("2026-11-01T04:00:00Z"), LocalDay.StartOf(new DateOnly(2026, 11, 1), Zone("America/Havana")));
    }

    [Fact]
    public async Task Read_MoreDaysThanTheLimit_SaysWhereToGoOn()
    {
        var history = Meter("2026-11-01T00:00:00Z", "2026-11-10T00:00:00Z");
        var page = await ReadAsync(history, LocalDays.DaysHolding(At("2026-11-01T19:00:00Z"), At("2026-11-08T19:00:00Z"), Zone("Asia/Almaty"), 4), 3);
        Assert.Equal(3, page.Points.Count);
        Assert.Equal(At("2026-11-04T19:00:00Z"), page.Next);
    }

    [Theory]
    [InlineData("2024-02-10T00:00:00Z", "2024-01-31T18:00:00Z", (29 * 24) + 1)]
    [InlineData("2024-03-10T00:00:00Z", "2024-02-29T19:00:00Z", 31 * 24)]
    [InlineData("2023-12-31T18:00:00Z", "2023-12-31T18:00:00Z", 31 * 24)]
    public async Task Read_MonthsOfAlmaty_RunFromMidnightToMidnight(string from, string start, int hours)
    {
        var history = Meter("2023-01-01T00:00:00Z", "2024-12-31T00:00:00Z");
        var end = At(from) + TimeSpan.FromMilliseconds(1);
        var month = Assert.Single((await ReadAsync(history, LocalDays.MonthsHolding(At(from), end, Zone("Asia/Almaty"), 10))).Points);
        Assert.Equal(At(start), month.At);
        Assert.Equal(100.0 * hours, month.Value, 6);
    }

    [Fact]
    public async Task Read_FiveMinutes_SumTheirMinutes()
    {
        var history = Meter("2026-11-01T00:00:00Z", "2026-11-01T00:12:00Z", WindowSpan.OneMinute);
        var spans = ComposedWindows.FiveMinutesHolding(At("2026-11-01T00:03:00Z"), At("2026-11-01T01:00:00Z"), 20);
        var points = (await ComposedWindows.ReadAsync(history, s_asset, s_catalog[s_catalog.Id("energyImport")], spans, WindowSpan.OneMinute, At("2030-01-01T00:00:00Z"), 19, default)).Points;
        Assert.Equal([At("2026-11-01T00:00:00Z"), At("2026-11-01T00:05:00Z"), At("2026-11-01T00:10:00Z")], points.Select(p => p.At));
        Assert.Equal([20, 20, 8], points.Select(p => p.Summary!.Value.Count));
        Assert.Equal(0.4, points[2].Summary!.Value.Completeness, 3);
    }
}
