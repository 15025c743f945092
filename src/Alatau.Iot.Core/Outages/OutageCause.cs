namespace Alatau.Iot.Core.Outages;

/// <summary>What it is whose loss explains the silence of others; a closed set.</summary>
public enum OutageCause : byte
{
    /// <summary>A feeder or transformer: the mains are gone.</summary>
    Mains,

    /// <summary>A gateway: what is reached through it can't be heard.</summary>
    Gateway,

    /// <summary>A bridge of the platform that lost its broker.</summary>
    Broker,
}
