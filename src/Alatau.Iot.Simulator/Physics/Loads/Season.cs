namespace Alatau.Iot.Simulator.Physics.Loads;

/// <summary>The part of the year a standard load profile distinguishes.</summary>
internal enum Season
{
    Winter,
    Summer,
    Transition,
}
