namespace Alatau.Iot.Simulator.Physics.Loads;

/// <summary>A habit of using electricity.</summary>
/// <remarks>Names of the BDEW standard load profiles of 1999: German habits, used here as synthetic shapes and scaled to the customer's year.</remarks>
public enum LoadProfile
{
    /// <summary>A household; the only one whose level also moves with the season.</summary>
    H0,

    /// <summary>Trade in general.</summary>
    G0,

    /// <summary>Trade on workdays from 8 to 18: offices, schools.</summary>
    G1,

    /// <summary>Trade around the clock: clinics, pumps, cold stores.</summary>
    G3,

    /// <summary>Shops and hairdressers.</summary>
    G4,

    /// <summary>Farms.</summary>
    L0,
}
