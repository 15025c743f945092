namespace Alatau.Iot.Core.Assets;

/// <summary>What an asset is to the operator; decides which total its power counts into and which alarm rules fit.</summary>
public enum AssetKind : byte
{
    /// <summary>Not said by the fleet: a device that registered itself.</summary>
    Unknown,

    /// <summary>A customer's electricity meter: consumption positive.</summary>
    Meter,

    /// <summary>A meter at the head of a feeder; sees the sum of its members, so it never counts into a total beside them.</summary>
    Feeder,

    /// <summary>A meter at a transformer; sees the sum of its feeders; its import is the site's exchange with the grid.</summary>
    Transformer,

    /// <summary>A photovoltaic plant or inverter: production positive.</summary>
    Solar,

    /// <summary>A battery: discharge positive, as a generator.</summary>
    Storage,

    /// <summary>A room or building with sensors for air, light and presence.</summary>
    Building,

    /// <summary>A weather station.</summary>
    Weather,

    /// <summary>A water, gas or heat meter.</summary>
    Water,

    /// <summary>The platform itself; see <see cref="PlatformAsset"/>.</summary>
    Platform,

    /// <summary>What other devices are reached through: a LoRaWAN gateway, a Sparkplug edge node, a data concentrator.</summary>
    Gateway,

    /// <summary>A bridge of the platform to a broker elsewhere; see <see cref="PlatformAsset"/>.</summary>
    Bridge,
}
