using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Simulator.Physics.Atmosphere;
using Alatau.Iot.Simulator.Physics.Loads;
using Alatau.Iot.Simulator.Physics.Noise;
using Alatau.Iot.Simulator.Physics.Sun;
using Alatau.Iot.Simulator.Physics.Weather;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>What all devices of a site share at one moment: the clock on its walls, the sun, the sky and the air. Owned by one thread.</summary>
internal sealed class SiteModel
{
    /// <summary>Linke turbidity of a plain near a city; an assumption, not a measured value of the place.</summary>
    internal const double LinkeTurbidity = 3.0;

    private readonly Site site;
    private readonly GeoPoint place;
    private readonly double pressurePascals;
    private readonly CloudField clouds;
    private readonly Climate climate;

    /// <param name="site">Its place defaults to Alatau City where the fleet says nothing.</param>
    /// <param name="seed">Of the scenario.</param>
    /// <param name="sky">Of the scenario.</param>
    /// <param name="temperatureOffset">Of the scenario, K.</param>
    internal SiteModel(Site site, long seed, SkyCondition sky, double temperatureOffset)
    {
        this.site = site;
        place = new GeoPoint(site.Latitude ?? 43.7, site.Longitude ?? 77.1, site.AltitudeMetres);
        pressurePascals = AirPressure.PascalsAt(site.AltitudeMetres);

        // Weather is larger than a site: the neighbours of one fleet live under the same fronts, with their own passing clouds.
        var region = NoiseStream.Of(seed, "region");
        clouds = new CloudField(region, sky);
        climate = new Climate(region.Branch(20), site.AltitudeMetres, temperatureOffset);
        LoadDay = new LoadDay(LoadCalendar.KazakhHolidays);
    }

    internal LoadDay LoadDay { get; }

    /// <summary>The moment on the site's clocks.</summary>
    internal DateTime Local { get; private set; }

    internal DateTimeOffset Now { get; private set; }

    internal DayType DayType { get; private set; }

    internal SolarPosition Sun { get; private set; }

    /// <summary>W/m2 above the air.</summary>
    internal double ExtraterrestrialIrradiance { get; private set; }

    internal SkyIrradiance ClearSky { get; private set; }

    internal OutdoorAir Air { get; private set; }

    internal double CloudCover { get; private set; }

    internal double PassingClouds { get; private set; }

    /// <summary>Global irradiance on the level at the site's middle, W/m2.</summary>
    internal double GlobalHorizontal { get; private set; }

    /// <summary>Goes to a moment; the sun is given because it is the same for all sites.</summary>
    internal void Advance(DateTimeOffset instant, in SolarEphemeris sun)
    {
        Now = instant;
        Local = TimeZoneInfo.ConvertTime(instant, site.TimeZone).DateTime;
        DayType = LoadCalendar.DayTypeOf(DateOnly.FromDateTime(Local), LoadCalendar.KazakhHolidays);
        CloudCover = clouds.CoverAt(instant);
        PassingClouds = clouds.PassingAt(instant);
        Air = climate.At(instant, Local, CloudCover);
        Sun = SolarPosition.Of(sun, place, pressurePascals, Air.TemperatureCelsius);
        ExtraterrestrialIrradiance = Extraterrestrial.WattsPerSquareMetre(Local.DayOfYear);
        ClearSky = Sun.ApparentZenith >= 90
            ? default
            : IneichenClearSky.At(Sun.ApparentZenith, AirMass.Absolute(AirMass.Relative(Sun.ApparentZenith), pressurePascals),
                LinkeTurbidity, place.AltitudeMetres, ExtraterrestrialIrradiance);
        GlobalHorizontal = ClearSky.GlobalHorizontal
            * CloudField.ClearSkyIndex(instant, CloudCover, PassingClouds, NoiseStream.Of(0, site.Name), 0);
    }
}
