namespace Alatau.Iot.Simulator.Physics.Loads;

/// <summary>The kind of day a standard load profile distinguishes.</summary>
internal enum DayType
{
    Workday,
    Saturday,
    Sunday,
}
