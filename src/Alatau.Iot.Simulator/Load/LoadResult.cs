namespace Alatau.Iot.Simulator.Load;

/// <summary>What a run of the load generator did.</summary>
/// <param name="Sent">Messages written to the sockets.</param>
/// <param name="Acknowledged">At QoS 1: PUBACKs received. At QoS 0: messages on connections whose closing PINGREQ was answered, so the broker has read them.</param>
/// <param name="Elapsed">From the first byte to the last answer.</param>
/// <param name="Bytes">Bytes of PUBLISH packets.</param>
/// <param name="PowerSumWatts">Sum of activePower over all messages: the truth to compare a platform's sums with.</param>
/// <param name="FinalEnergyWattHours">Sum over assets of the last energyImport register.</param>
public sealed record LoadResult(long Sent, long Acknowledged, TimeSpan Elapsed, long Bytes, double PowerSumWatts, double FinalEnergyWattHours)
{
    public double MessagesPerSecond => Elapsed > TimeSpan.Zero ? Sent / Elapsed.TotalSeconds : 0;
}
