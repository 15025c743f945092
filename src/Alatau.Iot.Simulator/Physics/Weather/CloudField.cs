using Alatau.Iot.Simulator.Physics.Noise;

namespace Alatau.Iot.Simulator.Physics.Weather;

/// <summary>The clouds over one site: how much sky they cover, and what they leave of the clear sky's light.</summary>
/// <remarks>
/// Cover follows an hourly autoregressive process (a continuous Markov chain). The mean effect of a cover N is 1 - 0.75 N^3.4 (Kasten and
/// Czeplak, Solar Energy 24, 1980). Passing clouds are a second, minute-wise process, strongest at half cover, shared by the site's plants with
/// a correlation of 0.7: what darkens one darkens its neighbour.
/// </remarks>
internal sealed class CloudField(NoiseStream noise, SkyCondition condition)
{
    /// <summary>Correlation of the cover from one hour to the next: 12 hours of memory.</summary>
    private const double HourlyCorrelation = 0.92;

    /// <summary>Correlation of passing clouds from one minute to the next: about four minutes of memory.</summary>
    private const double MinuteCorrelation = 0.78;

    private const double SharedVariance = 0.7;

    private readonly NoiseStream cover = noise.Branch(1);
    private readonly NoiseStream passing = noise.Branch(2);

    /// <summary>The share of the sky that is covered, 0 to 1.</summary>
    internal double CoverAt(DateTimeOffset instant) => condition switch
    {
        SkyCondition.Clear => 0.0,
        SkyCondition.Scattered => 0.45 + (0.08 * cover.Smooth(Hours(instant), HourlyCorrelation)),
        SkyCondition.Overcast => 0.97,
        _ => 1.0 / (1.0 + Math.Exp(-1.9 * (cover.Smooth(Hours(instant), HourlyCorrelation) - 0.35))),
    };

    /// <summary>What all plants of the site share of the passing clouds; mean 0, variance 1.</summary>
    internal double PassingAt(DateTimeOffset instant) => passing.Smooth(Minutes(instant), MinuteCorrelation);

    /// <summary>The share of the clear sky's global irradiance that reaches a plant, 0.05 to 1.15 (more than 1 at a cloud's edge).</summary>
    /// <param name="instant">The moment.</param>
    /// <param name="coverShare">From <see cref="CoverAt"/>, asked once for all plants.</param>
    /// <param name="sharedPassing">From <see cref="PassingAt"/>.</param>
    /// <param name="plant">The plant's own noise.</param>
    /// <param name="ratedWatts">A larger plant is never wholly under one small cloud, so it flickers less.</param>
    internal static double ClearSkyIndex(DateTimeOffset instant, double coverShare, double sharedPassing, NoiseStream plant, double ratedWatts)
    {
        if (coverShare <= 0)
            return 1.0;

        var mean = 1 - (0.75 * Math.Pow(coverShare, 3.4));
        var own = plant.Smooth(Minutes(instant), MinuteCorrelation);
        var both = (Math.Sqrt(SharedVariance) * sharedPassing) + (Math.Sqrt(1 - SharedVariance) * own);
        var strength = 0.8 * coverShare * (1 - coverShare) / Math.Sqrt(1 + (ratedWatts / 500_000.0));
        return Math.Clamp(mean + (strength * both), 0.05, 1.15);
    }

    private static double Minutes(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds() / 60_000.0;

    private static double Hours(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds() / 3_600_000.0;
}
