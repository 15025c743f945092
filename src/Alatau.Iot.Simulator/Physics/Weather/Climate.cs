using Alatau.Iot.Simulator.Physics.Atmosphere;
using Alatau.Iot.Simulator.Physics.Noise;

namespace Alatau.Iot.Simulator.Physics.Weather;

/// <summary>The weather of a site: seasons, days, fronts and gusts.</summary>
/// <remarks>
/// A synthetic climate: an annual and a daily wave plus autoregressive noise, with means of the order of the plain north of Almaty (January
/// about -5 degC, July about 24 degC). Settings, not a record of any year.
/// </remarks>
internal sealed class Climate(NoiseStream noise, double altitudeMetres, double temperatureOffset)
{
    private const double MeanCelsius = 9.5;
    private const double AnnualAmplitude = 14.5;
    private const double WarmestDayOfYear = 202;
    private const double DailyAmplitude = 5.5;
    private const double WarmestHour = 15;
    private const double FrontAmplitude = 3.2;

    private readonly NoiseStream front = noise.Branch(1);
    private readonly NoiseStream dryness = noise.Branch(2);
    private readonly NoiseStream wind = noise.Branch(3);
    private readonly NoiseStream pressure = noise.Branch(4);
    private readonly double standardPressure = AirPressure.PascalsAt(altitudeMetres) / 100.0;

    /// <summary>The air at a moment.</summary>
    /// <param name="instant">The moment.</param>
    /// <param name="local">The same moment on the site's clocks.</param>
    /// <param name="cloudCover">0 to 1; clouds flatten the day.</param>
    internal OutdoorAir At(DateTimeOffset instant, DateTime local, double cloudCover)
    {
        var hours = instant.ToUnixTimeMilliseconds() / 3_600_000.0;
        var dayOfYear = local.DayOfYear + (local.TimeOfDay.TotalDays);
        var season = MeanCelsius + temperatureOffset
            + (AnnualAmplitude * Math.Cos(2 * Math.PI * (dayOfYear - WarmestDayOfYear) / 365.25))
            + (FrontAmplitude * front.Smooth(hours / 6.0, 0.85));
        var daily = DailyAmplitude * (1 - (0.6 * cloudCover)) * Math.Cos(2 * Math.PI * (local.TimeOfDay.TotalHours - WarmestHour) / 24.0);
        var temperature = season + daily;

        var dewPoint = season - 7 + (5 * cloudCover) + (2.0 * dryness.Smooth(hours / 3.0, 0.8));
        var humidity = Math.Clamp(100 * HumidAir.SaturationHectopascals(Math.Min(dewPoint, temperature)) / HumidAir.SaturationHectopascals(temperature), 8, 100);

        var breeze = 1.9 * (1 + (0.35 * Math.Cos(2 * Math.PI * (local.TimeOfDay.TotalHours - 14) / 24.0)));
        var gusts = breeze * Math.Exp(0.45 * wind.Smooth(hours * 6.0, 0.9));
        return new OutdoorAir(temperature, humidity, gusts, standardPressure + (6 * pressure.Smooth(hours / 12.0, 0.8)));
    }
}
