namespace Alatau.Iot.Simulator.Physics.Photovoltaics;

/// <summary>How warm a panel gets. Irradiance on the plane in W/m2, temperatures in degC, wind in m/s.</summary>
internal static class CellTemperature
{
    /// <summary>Source: Faiman, Progress in Photovoltaics 16 (2008); also IEC 61853-3.</summary>
    /// <param name="u0">Heat loss without wind, W/(m2 K), default 25.</param>
    /// <param name="u1">Heat loss per m/s of wind, default 6.84.</param>
    internal static double Faiman(double irradiance, double ambient, double wind, double u0 = 25.0, double u1 = 6.84) =>
        ambient + (irradiance / (u0 + (u1 * wind)));

    /// <summary>Source: PVsyst 6 manual, thermal parameter.</summary>
    /// <param name="uc">Constant heat loss, W/(m2 K), default 29 (free-standing).</param>
    /// <param name="uv">Heat loss per m/s of wind, default 0.</param>
    internal static double Pvsyst(double irradiance, double ambient, double wind, double uc = 29.0, double uv = 0.0,
        double absorption = 0.9, double efficiency = 0.1) =>
        ambient + (irradiance * absorption * (1 - efficiency) / (uc + (uv * wind)));

    /// <summary>Cell and module temperature. Source: King, Boyson and Kratochvil, SAND2004-3535.</summary>
    internal static (double Cell, double Module) Sapm(double irradiance, double ambient, double wind, SapmMounting mounting)
    {
        var module = (irradiance * Math.Exp(mounting.A + (mounting.B * wind))) + ambient;
        return (module + (irradiance / 1000.0 * mounting.DeltaT), module);
    }

    /// <summary>Source: Ross (1980), from the nominal operating cell temperature.</summary>
    internal static double Ross(double irradiance, double ambient, double nominalOperatingCellTemperature) =>
        ambient + ((nominalOperatingCellTemperature - 20.0) / 800.0 * irradiance);
}
