using Alatau.Iot.Simulator.Physics.Noise;
using Alatau.Iot.Simulator.Physics.Weather;

namespace Alatau.Iot.Simulator.Tests.Physics.Weather;

public sealed class CloudFieldProperties
{
    private static readonly DateTimeOffset Start = new(2026, 6, 21, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ClearSkyIndex_NearbyPlants_DarkenTogether()
    {
        var field = new CloudField(NoiseStream.Of(3, "region"), SkyCondition.Scattered);
        var a = Series(field, "a");
        var b = Series(field, "b");
        Assert.InRange(Correlation(a, b), 0.5, 0.9);
        Assert.True(Deviation(a) > 0.1);
    }

    [Fact]
    public void ClearSkyIndex_ClearAndOvercast_AreSteady()
    {
        Assert.All(Series(new CloudField(NoiseStream.Of(3, "region"), SkyCondition.Clear), "a"), value => Assert.Equal(1.0, value));
        Assert.All(Series(new CloudField(NoiseStream.Of(3, "region"), SkyCondition.Overcast), "a"), value => Assert.InRange(value, 0.1, 0.45));
    }

    [Fact]
    public void ClearSkyIndex_NaturalSky_SeesEverythingInAMonth()
    {
        var field = new CloudField(NoiseStream.Of(3, "region"), SkyCondition.Natural);
        var covers = Enumerable.Range(0, 24 * 60).Select(hour => field.CoverAt(Start.AddHours(hour))).ToArray();
        Assert.True(covers.Min() < 0.15);
        Assert.True(covers.Max() > 0.85);
    }

    private static double[] Series(CloudField field, string plant)
    {
        var noise = NoiseStream.Of(3, plant);
        return [.. Enumerable.Range(0, 2000).Select(minute =>
        {
            var at = Start.AddMinutes(minute);
            return CloudField.ClearSkyIndex(at, field.CoverAt(at), field.PassingAt(at), noise, 5000);
        })];
    }

    private static double Deviation(double[] values) => Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2)));

    private static double Correlation(double[] a, double[] b)
    {
        double meanA = a.Average(), meanB = b.Average();
        return a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Average() / Deviation(a) / Deviation(b);
    }
}
