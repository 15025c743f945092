namespace Alatau.Iot.Simulator.Physics.Buildings;

/// <summary>What a building is used for; decides when people are in it.</summary>
public enum BuildingUse
{
    Office,
    School,
    Clinic,
    Shop,
    Home,
}
