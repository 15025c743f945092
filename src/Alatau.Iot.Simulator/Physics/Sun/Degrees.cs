namespace Alatau.Iot.Simulator.Physics.Sun;

/// <summary>Trigonometry on angles in degrees, as the sources of this room print them.</summary>
internal static class Degrees
{
    private const double PerRadian = 180.0 / Math.PI;

    internal static double Sin(double degrees) => Math.Sin(degrees / PerRadian);

    internal static double Cos(double degrees) => Math.Cos(degrees / PerRadian);

    internal static double Tan(double degrees) => Math.Tan(degrees / PerRadian);

    internal static double Asin(double value) => Math.Asin(Math.Clamp(value, -1, 1)) * PerRadian;

    internal static double Acos(double value) => Math.Acos(Math.Clamp(value, -1, 1)) * PerRadian;

    internal static double Atan2(double y, double x) => Math.Atan2(y, x) * PerRadian;

    internal static double FromRadians(double radians) => radians * PerRadian;

    /// <summary>The same direction in [0, 360).</summary>
    internal static double Turn(double degrees)
    {
        var rest = degrees % 360.0;
        return rest < 0 ? rest + 360.0 : rest;
    }

    /// <summary>The same direction in [-180, 180).</summary>
    internal static double HalfTurn(double degrees)
    {
        var turn = Turn(degrees);
        return turn >= 180.0 ? turn - 360.0 : turn;
    }
}
