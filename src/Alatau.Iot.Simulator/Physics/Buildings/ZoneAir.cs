using Alatau.Iot.Simulator.Physics.Weather;

namespace Alatau.Iot.Simulator.Physics.Buildings;

/// <summary>The air of one zone: carbon dioxide, water and warmth, each a balance of what comes in, what is made and what leaves.</summary>
/// <remarks>
/// Every balance is linear within a step and is solved exactly for it, so that a step of one second and one of a minute end at the same place
/// while the inputs stay the same. Carbon dioxide: V dC/dt = G n - Q (C - C_out) (Persily and de Jonge, Indoor Air 27, 2017: 18 l/h a seated
/// adult). Fresh air of 7 l/s a person is category II of EN 16798-1 (a setting there).
/// </remarks>
internal sealed class ZoneAir
{
    internal const double OutdoorPpm = 410;

    private const double LitresPerPersonHour = 18;
    private const double FreshAirPerPersonHour = 25.2;
    private const double LeakPerHour = 0.25;
    private const double WaterGramsPerPersonHour = 55;
    private const double PersonWatts = 75;
    private const double HeatCapacityPerSquareMetre = 180_000;
    private const double LossPerSquareMetreKelvin = 1.1;
    private const double ControllerWattsPerSquareMetreKelvin = 25;
    private const double HeatingSetpoint = 21.5;
    private const double NightSetpoint = 18.5;
    private const double CoolingSetpoint = 25.5;

    private readonly double floorSquareMetres;
    private readonly double volume;
    private bool isStarted;

    internal ZoneAir(double floorSquareMetres)
    {
        this.floorSquareMetres = floorSquareMetres;
        volume = floorSquareMetres * 3.0;
    }

    /// <summary>Carbon dioxide, ppm.</summary>
    internal double Co2Ppm { get; private set; } = OutdoorPpm;

    /// <summary>Air temperature, degC.</summary>
    internal double Celsius { get; private set; } = HeatingSetpoint;

    /// <summary>Water in the air, g/m3.</summary>
    internal double WaterGrams { get; private set; }

    /// <summary>Relative humidity, percent.</summary>
    internal double HumidityPercent => HumidAir.HumidityPercent(Celsius, WaterGrams);

    /// <summary>Goes on by a step. The first call only sets the start: everything in balance with its inputs.</summary>
    /// <param name="people">People inside during the step.</param>
    /// <param name="outdoor">The air outside.</param>
    /// <param name="solarGainWatts">Sunlight that enters through the windows.</param>
    /// <param name="step">Length of the step.</param>
    internal void Advance(double people, OutdoorAir outdoor, double solarGainWatts, TimeSpan step)
    {
        var hours = isStarted ? step.TotalHours : 1e6;
        isStarted = true;
        var airPerHour = (LeakPerHour * volume) + (FreshAirPerPersonHour * people);
        var exchange = airPerHour / volume;

        Co2Ppm = Settle(Co2Ppm, OutdoorPpm + (people * LitresPerPersonHour / 1000.0 / airPerHour * 1e6), exchange, hours);
        var outdoorWater = HumidAir.GramsPerCubicMetre(outdoor.TemperatureCelsius, outdoor.HumidityPercent);
        WaterGrams = Settle(WaterGrams, outdoorWater + (people * WaterGramsPerPersonHour / airPerHour), exchange, hours);

        var setpoint = people > 0 ? HeatingSetpoint : NightSetpoint;
        var loss = LossPerSquareMetreKelvin * floorSquareMetres;
        var gains = (people * PersonWatts) + solarGainWatts;
        var free = outdoor.TemperatureCelsius + (gains / loss);
        var target = free;
        var conductance = loss;
        if (free < setpoint || free > CoolingSetpoint)
        {
            var wanted = free < setpoint ? setpoint : CoolingSetpoint;
            var isDemanded = free < setpoint ? Celsius < setpoint : Celsius > CoolingSetpoint;
            if (isDemanded || !double.IsFinite(Celsius))
            {
                var controller = ControllerWattsPerSquareMetreKelvin * floorSquareMetres;
                target = ((loss * outdoor.TemperatureCelsius) + gains + (controller * wanted)) / (loss + controller);
                conductance = loss + controller;
            }
            else
            {
                // Drifts freely, but not past the point where the controller takes hold.
                var drifted = Settle(Celsius, free, loss * 3600.0 / (HeatCapacityPerSquareMetre * floorSquareMetres), hours);
                Celsius = free < setpoint ? Math.Max(drifted, setpoint) : Math.Min(drifted, CoolingSetpoint);
                return;
            }
        }

        Celsius = Settle(Celsius, target, conductance * 3600.0 / (HeatCapacityPerSquareMetre * floorSquareMetres), hours);
    }

    /// <summary>The exact solution of dx/dt = rate (target - x) after some hours.</summary>
    private static double Settle(double value, double target, double ratePerHour, double hours) =>
        target + ((value - target) * Math.Exp(-ratePerHour * hours));
}
