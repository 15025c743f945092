using System.Text;

namespace Alatau.Iot.Simulator.Physics.Noise;

/// <summary>Randomness that can be asked for any moment: a pure function of the seed, a name and an index.</summary>
/// <remarks>
/// Nothing is drawn in turn, so a device's noise does not depend on how many devices run, in which order or at what speed. The mixing function
/// is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014); the same seed gives the same bits on every machine.
/// </remarks>
internal readonly struct NoiseStream
{
    private readonly ulong key;

    private NoiseStream(ulong key) => this.key = key;

    /// <summary>The stream of a name under a seed.</summary>
    internal static NoiseStream Of(long seed, string name)
    {
        // FNV-1a, 64 bits.
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes(name))
            hash = (hash ^ octet) * 1099511628211UL;
        return new NoiseStream(Mix(hash ^ Mix(unchecked((ulong)seed))));
    }

    /// <summary>An independent stream of the same owner.</summary>
    internal NoiseStream Branch(int number) => new(Mix(key + ((ulong)(uint)number * 0xD1342543DE82EF95UL) + 1));

    /// <summary>Evenly spread in [0, 1).</summary>
    internal double Uniform(long index) => (Bits(index) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Mean 0, variance 1, within ±3.47: the sum of four even spreads (Irwin-Hall).</summary>
    internal double Gaussian(long index)
    {
        var bits = Bits(index);
        var sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
        return ((sum / 65536.0) - 2.0 + (2.0 / 65536.0)) * 1.7320508075688772;
    }

    /// <summary>An autoregressive process of order one at lattice points: mean 0, variance 1, correlation <paramref name="correlation"/> from one point to the next.</summary>
    /// <remarks>Evaluated as its moving average, cut where the weight falls below 0.2 %, so that any point can be asked for.</remarks>
    /// <param name="index">The lattice point.</param>
    /// <param name="correlation">0 inclusive to 1 exclusive.</param>
    internal double Autoregressive(long index, double correlation)
    {
        double sum = 0, weight = 1, variance = 0;
        for (var age = 0; weight > 0.002; age++, weight *= correlation)
        {
            sum += weight * Gaussian(index - age);
            variance += weight * weight;
        }

        return sum / Math.Sqrt(variance);
    }

    /// <summary>The autoregressive process between its lattice points, joined by straight lines.</summary>
    /// <param name="position">In lattice steps; the fraction lies between two points.</param>
    internal double Smooth(double position, double correlation)
    {
        var before = (long)Math.Floor(position);
        var share = position - before;
        return (Autoregressive(before, correlation) * (1 - share)) + (Autoregressive(before + 1, correlation) * share);
    }

    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15UL;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }

    private ulong Bits(long index) => Mix(key ^ Mix(unchecked((ulong)index)));
}
