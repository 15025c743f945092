using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Processing;

public sealed class WindowTests
{
    private static readonly Asset s_tenSeconds = new(AssetId.Of("green", "m"), "m", AssetKind.Meter) { ReportingInterval = TimeSpan.FromSeconds(10) };

    private readonly AssetUnderTest _asset = new(s_tenSeconds);

    [Fact]
    public void Close_ClockPassesTheEnd_PublishesTheSummary()
    {
        _asset.Post(0, "activePower", 10).Post(10, "activePower", 40).Post(Of(59.999, "activePower", 25, quality: Quality.Uncertain));
        Assert.Empty(_asset.Windows);

        _asset.Post(60, "activePower", 1000);

        var update = Assert.Single(_asset.Windows);
        Assert.Equal(new Window(WindowSpan.OneMinute, At(0)), update.Window);
        Assert.Equal(new WindowSummary(3, 10, 40, 25, 25, 0, 0.5f, 0, Quality.Uncertain), update.Summary);
    }

    [Fact]
    public void Close_AnotherMeasurandMovesTheClock_ClosesAll()
    {
        _asset.Post(Of(0, "activePower", 1), Of(0, "voltage", 230)).Post(60, "activePower", 1);

        Assert.Equal(2, _asset.Windows.Count);
    }

    [Fact]
    public void Close_FullHour_PublishesEverySpanOnce()
    {
        for (int i = 0; i <= 360; i++)
        {
            _asset.Post(i * 10, "activePower", i);
        }

        Assert.Equal(60, _asset.Windows.Count(w => w.Window.Span == WindowSpan.OneMinute));
        Assert.Equal(4, _asset.Windows.Count(w => w.Window.Span == WindowSpan.QuarterHour));
        var hour = Assert.Single(_asset.Windows, w => w.Window.Span == WindowSpan.OneHour).Summary;
        Assert.Equal((360, 0, 359, 359, 1f), (hour.Count, hour.Minimum, hour.Maximum, hour.Last, hour.Completeness));
        Assert.Equal(179.5, hour.Mean, 9);
        Assert.All(_asset.Windows, w => Assert.Equal(0, w.Summary.Revision));
    }

    [Fact]
    public void Close_IntervalUnknown_CompletenessIsUnknown()
    {
        var asset = new AssetUnderTest();

        asset.Post(0, "activePower", 1).Post(60, "activePower", 1);

        Assert.True(float.IsNaN(asset.Windows[0].Summary.Completeness));
    }

    [Fact]
    public void Close_MoreReadingsThanExpected_CompletenessIsOne()
    {
        for (int i = 0; i <= 60; i++)
        {
            _asset.Post(i, "activePower", 1);
        }

        Assert.Equal(1f, _asset.Windows[0].Summary.Completeness);
    }

    [Theory]
    [InlineData(69.999, 0)]
    [InlineData(70, 1)]
    public void Idle_TenSecondsPastTheEndAndNothingArrives_Publishes(double now, int published)
    {
        _asset.Post(30, "activePower", 1);

        _asset.Tick(now);

        Assert.Equal(published, _asset.Windows.Count);
    }

    [Fact]
    public void Idle_SomethingArrivedLessThanTenSecondsAgo_Waits()
    {
        _asset.Post(30, "activePower", 1).PostAt(At(68), Of(31, "activePower", 1));
        Assert.Equal(At(78), _asset.NextDeadline);

        _asset.Tick(77);
        Assert.Empty(_asset.Windows);
        _asset.Tick(78);

        Assert.Equal(2, Assert.Single(_asset.Windows).Summary.Count);
    }

    [Fact]
    public void Idle_WindowStillHeldGetsMore_IsPublishedAgainWithTheNextRevision()
    {
        _asset.Post(30, "activePower", 10).Tick(70).PostAt(At(75), Of(40, "activePower", 20), Of(41, "activePower", 30)).Tick(85);

        Assert.Equal([0, 1], _asset.Windows.Select(w => (int)w.Summary.Revision));
        Assert.Equal((3, 20.0), (_asset.Windows[1].Summary.Count, _asset.Windows[1].Summary.Mean));
    }

    [Fact]
    public void Idle_NothingNew_PublishesNothingAgain()
    {
        _asset.Post(30, "activePower", 10).Tick(70).Tick(80).Tick(90);

        Assert.Single(_asset.Windows);
    }

    [Fact]
    public void Close_MeasurandLagsBehindTheClock_IsPublishedWhenItMovesOn()
    {
        _asset.Post(300, "activePower", 1).PostAt(At(300), Of(10, "voltage", 230), Of(20, "voltage", 240), Of(70, "voltage", 250));

        var published = Assert.Single(_asset.Published("voltage", WindowSpan.OneMinute));
        Assert.Equal((2, 235.0), (published.Summary.Count, published.Summary.Mean));
    }

    [Fact]
    public void Mean_LargeOffset_StaysExact()
    {
        for (int i = 0; i < 1000; i++)
        {
            _asset.Post(i * 0.05, "energyImport", 1e14 + (i % 2));
        }

        _asset.Post(60, "energyImport", 1e14 + 1);

        Assert.Equal(0.5, _asset.Windows[0].Summary.Mean - 1e14, 1);
    }

    [Fact]
    public void Close_OneAssetsClock_DoesNotTouchAnother()
    {
        var other = new AssetUnderTest(s_tenSeconds);
        other.Post(0, "activePower", 1);

        _asset.Post(0, "activePower", 1).PostAt(At(0), Of(299, "activePower", 1));

        Assert.NotEmpty(_asset.Windows);
        Assert.Empty(other.Windows);
    }
}
