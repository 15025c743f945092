using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Simulator.Playing;

/// <summary>How far a play has come.</summary>
/// <param name="Published">Messages handed to connections.</param>
/// <param name="Acknowledged">Messages the broker took.</param>
/// <param name="Refused">Messages the broker refused.</param>
/// <param name="Values">Numbers in the messages.</param>
/// <param name="SimulatedTo">The last moment that was played; with recordings that have a speed of their own, the furthest.</param>
/// <param name="Devices">Devices that play.</param>
/// <param name="Connected">Devices that are connected now.</param>
/// <param name="Reconnects">Connections made again after a loss.</param>
/// <param name="IsLive">True when simulated time goes with the clock.</param>
public readonly record struct PlayProgress(
    long Published, long Acknowledged, long Refused, long Values, Instant SimulatedTo, int Devices, int Connected, long Reconnects, bool IsLive);
