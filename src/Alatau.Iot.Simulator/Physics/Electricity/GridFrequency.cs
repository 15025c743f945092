using Alatau.Iot.Simulator.Physics.Noise;

namespace Alatau.Iot.Simulator.Physics.Electricity;

/// <summary>The frequency of the one synchronous grid everybody hangs on: 50 Hz with a slow and a quick wander of together about 0.02 Hz.</summary>
internal sealed class GridFrequency(NoiseStream noise)
{
    private readonly NoiseStream slow = noise.Branch(1);
    private readonly NoiseStream quick = noise.Branch(2);

    internal double HertzAt(DateTimeOffset instant)
    {
        var seconds = instant.ToUnixTimeMilliseconds() / 1000.0;
        return 50.0 + (0.015 * slow.Smooth(seconds / 60.0, 0.9)) + (0.008 * quick.Smooth(seconds / 5.0, 0.7));
    }
}
