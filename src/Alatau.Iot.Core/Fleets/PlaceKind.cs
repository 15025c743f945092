namespace Alatau.Iot.Core.Fleets;

/// <summary>What a place is. Rooms, floors and buildings hold what is located in them, a larger one a smaller one; feeders and transformers feed.</summary>
public enum PlaceKind : byte
{
    Room,

    Floor,

    Building,

    /// <summary>A feeder without a device of its own.</summary>
    Feeder,

    /// <summary>A transformer without a device of its own.</summary>
    Transformer,
}
