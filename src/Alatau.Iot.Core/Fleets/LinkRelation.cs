namespace Alatau.Iot.Core.Fleets;

/// <summary>How two nodes of the topology belong together.</summary>
public enum LinkRelation : byte
{
    /// <summary>The upper one feeds the lower one: transformer, feeder, meter, plant.</summary>
    FedBy,

    /// <summary>The lower one lies in the upper one: room, floor, building. What says nothing lies in its site.</summary>
    LocatedIn,

    /// <summary>The upper one is the meter that sees all of the lower one's flow.</summary>
    MeteredBy,

    /// <summary>What the lower one says comes through the upper one: a gateway, or a bridge of the platform.</summary>
    ReachedThrough,
}
