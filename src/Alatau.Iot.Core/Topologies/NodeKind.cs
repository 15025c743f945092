namespace Alatau.Iot.Core.Topologies;

/// <summary>What a node of the topology is. The first five are spatial: things lie in them; the others feed or are fed, or only lie somewhere.</summary>
public enum NodeKind : byte
{
    City,

    /// <summary>A site of the fleet.</summary>
    District,

    Building,

    Floor,

    Room,

    /// <summary>With a device of its own or without.</summary>
    Transformer,

    /// <summary>With a device of its own or without.</summary>
    Feeder,

    Meter,

    Solar,

    Storage,

    /// <summary>An asset of kind building: the sensors of a room.</summary>
    Sensor,

    Weather,

    Water,

    Unknown,
}
