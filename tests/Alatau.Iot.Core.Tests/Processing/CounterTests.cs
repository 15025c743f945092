using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Processing;

public sealed class CounterTests
{
    private static readonly Site s_almaty = new("green", "Green", TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty"), null, null);

    [Theory]
    [InlineData(1e5, 99987, 12, 25)]
    [InlineData(1e5, 99999.5, 3.0, 3.5)]
    [InlineData(0, 99987, 12, 0)]
    [InlineData(1e5, 50000, 12, 0)]
    public void Gain_RegisterFalls_RollsOverOnlyWithKnownWidthAndPlausibleGain(double width, double from, double to, double gain)
    {
        var attributes = width > 0 ? new Dictionary<string, string>(StringComparer.Ordinal) { ["registerWidth"] = width.ToString(System.Globalization.CultureInfo.InvariantCulture) } : [];
        var asset = Meter(attributes: attributes);

        Assert.Equal(gain, GainOf(asset, from, to), 9);
    }

    [Fact]
    public void Gain_RatedPowerKnown_RefusesARollOverTheConnectionCannotDeliver()
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["registerWidth"] = "100000" };

        Assert.Equal(0, GainOf(Meter(1000, attributes), 95_000, 1_000));
        Assert.Equal(900, GainOf(Meter(1000, attributes), 99_500, 400));
    }

    [Fact]
    public void Gain_DropToZeroThatComesBack_DoesNotBookTheMetersLife() => Assert.Equal(1.0, GainOf(Meter(), 15_500_000, 0, 0, 15_500_001));

    [Fact]
    public void Gain_DropThatCountsABitAndComesBack_EqualsTheRegisterDifference() => Assert.Equal(10.0, GainOf(Meter(), 1000, 0, 4, 1010));

    [Fact]
    public void Gain_JitterBackwards_EqualsTheRegisterDifference() => Assert.Equal(5.0, GainOf(Meter(), 100, 99.5, 100.5, 105), 9);

    [Fact]
    public void Gain_RealReset_CountsFromTheNewRegister() => Assert.Equal(30 + 25, GainOf(Meter(), 100, 130, 0, 10, 20, 25));

    [Fact]
    public void Gain_ResetMeterGrowsPastItsOldRegister_KeepsCounting() => Assert.Equal(120, GainOf(Meter(), 100, 0, 40, 80, 99, 101, 120));

    [Fact]
    public void Gain_MoreThanTheConnectionCanDeliver_IsAnExchange() => Assert.Equal(10, GainOf(Meter(5000), 0, 15_500_000, 15_500_010));

    [Fact]
    public void Gain_CoarseRegister_OneStepInASecondIsFine() => Assert.Equal(1000, GainOf(Meter(5000), 7000, 7000, 8000));

    [Fact]
    public void Gain_VolumeCounter_IsNotBoundByPower()
    {
        var asset = new AssetUnderTest(Meter(1));
        asset.Post(0, "volume", 100).Post(1, "volume", 5000).Post(60, "volume", 5000);

        Assert.Equal(4900, asset.Published("volume", WindowSpan.OneMinute)[0].Summary.Delta);
    }

    [Fact]
    public void Delta_AcrossWindows_BelongsToTheLaterOneAndSumsToTheDifference()
    {
        var asset = new AssetUnderTest();
        asset.Post(0, "energyImport", 100).Post(50, "energyImport", 110).Post(70, "energyImport", 125).Post(130, "energyImport", 126);

        var minutes = asset.Published("energyImport", WindowSpan.OneMinute);

        Assert.Equal([10.0, 15.0], minutes.Select(w => w.Summary.Delta));
    }

    [Fact]
    public void Delta_FirstReadingsArriveBackwards_CountsSinceTheFirst()
    {
        var asset = new AssetUnderTest();
        asset.Post(40, "energyImport", 110).PostAt(At(41), Of(10, "energyImport", 100)).PostAt(At(42), Of(20, "energyImport", 104)).Post(60, "energyImport", 110);

        Assert.Equal(10, asset.Published("energyImport", WindowSpan.OneMinute)[0].Summary.Delta);
    }

    [Fact]
    public void Delta_MonthsOfBackfillBeforeTheFirstReading_DoNotSpike()
    {
        var asset = new AssetUnderTest();
        asset.Post(0, "energyImport", 1_000_000).PostAt(At(1), Of(-86400 * 20, "energyImport", 0, origin: ReadingOrigin.Historical)).Post(60, "energyImport", 1_000_001);

        Assert.Equal(0, asset.Published("energyImport", WindowSpan.OneMinute)[0].Summary.Delta);
        Assert.Equal(1, asset.TotalsAt(61).EnergyImportTodayWattHours);
    }

    [Fact]
    public void Today_LocalMidnightPasses_StartsAgain()
    {
        // 2026-11-22T05:00Z is 10:00 in Almaty (UTC+5): midnight is 19:00Z, 14 hours on.
        const double midnight = 14 * 3600;
        var asset = new AssetUnderTest(sites: [s_almaty]);
        asset.Post(0, "energyImport", 1000).Post(midnight - 60, "energyImport", 1500);
        Assert.Equal(500, asset.TotalsAt(midnight - 1).EnergyImportTodayWattHours);
        Assert.Equal(0, asset.TotalsAt(midnight).EnergyImportTodayWattHours);

        asset.Post(midnight + 60, "energyImport", 1510).Post(midnight + 120, "energyImport", 1530);

        Assert.Equal(30, asset.TotalsAt(midnight + 121).EnergyImportTodayWattHours);
    }

    [Fact]
    public void Today_ReadingOfYesterdayArrivesLate_DoesNotCountToday()
    {
        const double midnight = 14 * 3600;
        var asset = new AssetUnderTest(sites: [s_almaty]);
        asset.Post(midnight + 60, "energyImport", 1510).PostAt(At(midnight + 61), Of(midnight - 60, "energyImport", 1500)).Post(midnight + 120, "energyImport", 1530);

        Assert.Equal(20, asset.TotalsAt(midnight + 121).EnergyImportTodayWattHours);
    }

    private static Asset Meter(double? ratedWatts = null, IReadOnlyDictionary<string, string>? attributes = null) =>
        new(AssetId.Of("green", "m"), "m", AssetKind.Meter) { RatedPowerWatts = ratedWatts, Attributes = attributes ?? new Dictionary<string, string>(StringComparer.Ordinal) };

    /// <summary>Sum of all deltas of registers read ten seconds apart.</summary>
    private static double GainOf(Asset meter, params double[] registers)
    {
        var asset = new AssetUnderTest(meter);
        for (int i = 0; i < registers.Length; i++)
        {
            asset.Post(i * 10, "energyImport", registers[i]);
        }

        asset.Tick(7200);
        return asset.Published("energyImport", WindowSpan.OneMinute).Sum(w => w.Summary.Delta);
    }
}
