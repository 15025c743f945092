using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Simulator.Playing;

/// <summary>A device on stage: whose values, in whose words, by which connection. Owned by the player's thread.</summary>
internal sealed class PlayedDevice(double[] values, DeviceVoice voice, MqttDeviceLink link, IReadOnlyList<TimedFault> faults)
{
    internal double[] Values { get; } = values;

    internal DeviceVoice Voice { get; } = voice;

    internal MqttDeviceLink Link { get; } = link;

    internal void WentLive(Instant live)
    {
        foreach (var fault in faults)
            fault.WentLive(live);
    }
}
