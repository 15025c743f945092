using Alatau.Iot.Core.Assets;
using Alatau.Iot.Simulator.Physics.Atmosphere;
using Alatau.Iot.Simulator.Physics.Electricity;
using Alatau.Iot.Simulator.Physics.Irradiance;
using Alatau.Iot.Simulator.Physics.Noise;
using Alatau.Iot.Simulator.Physics.Photovoltaics;
using Alatau.Iot.Simulator.Physics.Weather;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>A photovoltaic plant: sun, clouds, panel temperature, PVWatts inverter.</summary>
internal sealed class SolarModel : AssetModel, IElectricalNode
{
    private const double Albedo = 0.2;
    private const double DefaultRating = 10_000;
    private const double DirectToAlternating = 1.2;
    private static readonly double Kept = 1 - (new PvLosses().TotalPercent / 100.0);

    private readonly NoiseStream noise;
    private readonly PanelPlane plane;
    private readonly double ratedAlternatingWatts;
    private readonly double peakWatts;
    private EnergyCounter produced;
    private PhasePowers taken;

    private SolarModel(Asset asset, NoiseStream noise, PanelPlane plane, double ratedAlternatingWatts, double peakWatts, double cableMetres)
        : base(asset, Layouts.Solar)
    {
        this.noise = noise;
        this.plane = plane;
        this.ratedAlternatingWatts = ratedAlternatingWatts;
        this.peakWatts = peakWatts;
        CableMetres = cableMetres;
        produced = new EnergyCounter(Math.Round(peakWatts * 1300 * (0.3 + (3 * noise.Uniform(1)))));
    }

    public PhasePowers Taken => taken;

    public double CableMetres { get; }

    /// <summary>ratedPowerWatts is the inverter's rating (10 kW). Attributes: peakWatts (1.2 times the rating), tilt (35), azimuth (180), cableMetres (35).</summary>
    internal static SolarModel Create(Asset asset, ModelAttributes attributes, long seed)
    {
        var rated = asset.RatedPowerWatts ?? DefaultRating;
        return new SolarModel(asset, NoiseStream.Of(seed, asset.Id.ToString()),
            new PanelPlane(attributes.Number("tilt", 35, 0, 90), attributes.Number("azimuth", 180, 0, 360)),
            rated, attributes.Number("peakWatts", rated * DirectToAlternating, 1, 1e10), attributes.Number("cableMetres", 35, 0, 5000));
    }

    public void Draw(SiteModel site, TimeSpan step)
    {
        var irradiance = PlaneIrradiance(site, out var transmitted);
        var air = site.Air;
        var cell = CellTemperature.Faiman(irradiance, air.TemperatureCelsius, air.WindMetresPerSecond);
        var direct = PvWatts.DirectCurrentWatts(transmitted, cell, peakWatts) * Kept;
        var alternating = PvWatts.AlternatingCurrentWatts(direct, ratedAlternatingWatts / PvWatts.NominalEfficiency);
        taken = default;
        for (var phase = 0; phase < 3; phase++)
            taken.Add(phase, -alternating / 3, 0);

        produced.AddTrapezoid(alternating, step);
        var directVoltage = irradiance > 5 ? 620 + (25 * Math.Log(irradiance / 200.0)) - (1.6 * (cell - 25)) : 0;
        Values[0] = alternating;
        Values[1] = produced.WattHours;
        Values[2] = direct;
        Values[3] = directVoltage;
        Values[4] = directVoltage > 0 ? direct / directVoltage : 0;
        Values[7] = irradiance;
        Values[8] = cell;
        Values[9] = air.TemperatureCelsius;
        Values[10] = air.WindMetresPerSecond;
        Values[11] = air.TemperatureCelsius + 6 + (32 * alternating / ratedAlternatingWatts);
    }

    public void Settle(SiteModel site, PhaseVoltages voltages, double hertz, TimeSpan step)
    {
        Values[5] = (voltages.V1 + voltages.V2 + voltages.V3) / 3;
        Values[6] = hertz;
    }

    /// <summary>Irradiance on the panels, and the part that gets through the glass, W/m2.</summary>
    private double PlaneIrradiance(SiteModel site, out double transmitted)
    {
        transmitted = 0;
        var zenith = site.Sun.ApparentZenith;
        var azimuth = site.Sun.Azimuth;
        if (zenith >= 90)
            return 0;

        var index = CloudField.ClearSkyIndex(site.Now, site.CloudCover, site.PassingClouds, noise, ratedAlternatingWatts);
        var sky = Under(site, index, zenith);
        var incidence = Transposition.Incidence(plane, zenith, azimuth);
        var beam = incidence < 90 ? sky.DirectNormal * Transposition.CosIncidence(plane, zenith, azimuth) : 0;
        var diffuse = Transposition.HayDaviesSky(plane, sky.DiffuseHorizontal, sky.DirectNormal, site.ExtraterrestrialIrradiance, zenith, azimuth)
            + Transposition.Ground(plane.Tilt, sky.GlobalHorizontal, Albedo);
        transmitted = (beam * IncidenceModifier.Ashrae(incidence)) + diffuse;
        return beam + diffuse;
    }

    /// <summary>Beam and sky under clouds: the clear sky's own split where it is clear, the statistical one where it is not.</summary>
    private static SkyIrradiance Under(SiteModel site, double index, double zenith)
    {
        var global = site.ClearSky.GlobalHorizontal * index;
        var cloudy = ErbsDecomposition.Split(global, zenith, site.ExtraterrestrialIrradiance);
        var clear = Math.Clamp((index - 0.9) / 0.1, 0, 1);
        return new SkyIrradiance(global,
            (clear * site.ClearSky.DirectNormal) + ((1 - clear) * cloudy.DirectNormal),
            (clear * site.ClearSky.DiffuseHorizontal * index) + ((1 - clear) * cloudy.DiffuseHorizontal));
    }
}
