namespace Alatau.Iot.Simulator.Physics.Weather;

/// <summary>The air outside at one moment.</summary>
/// <param name="TemperatureCelsius">Air temperature.</param>
/// <param name="HumidityPercent">Relative humidity, 0 to 100.</param>
/// <param name="WindMetresPerSecond">Mean wind, from 0.</param>
/// <param name="PressureHectopascals">At the site's height.</param>
internal readonly record struct OutdoorAir(double TemperatureCelsius, double HumidityPercent, double WindMetresPerSecond, double PressureHectopascals);
