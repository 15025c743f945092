namespace Alatau.Iot.Simulator.Physics.Weather;

/// <summary>What the sky of a scenario is like.</summary>
public enum SkyCondition
{
    /// <summary>Changes over hours and days as it does outdoors.</summary>
    Natural,

    /// <summary>No cloud at all.</summary>
    Clear,

    /// <summary>Single clouds: irradiance jumps.</summary>
    Scattered,

    /// <summary>Grey, hardly a shadow.</summary>
    Overcast,
}
