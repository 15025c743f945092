using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>A weather station in the middle of the site, with a level pyranometer.</summary>
internal sealed class WeatherModel(Asset asset) : SurroundingModel(asset, Layouts.Weather)
{
    internal override void Advance(SiteModel site, TimeSpan step)
    {
        Values[0] = site.Air.TemperatureCelsius;
        Values[1] = site.Air.HumidityPercent;
        Values[2] = site.Air.WindMetresPerSecond;
        Values[3] = site.Air.PressureHectopascals;
        Values[4] = site.GlobalHorizontal;
        Values[5] = 110 * site.GlobalHorizontal;
    }
}
