using Alatau.Iot.Simulator.Physics.Noise;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Simulator.Tests.Physics.Noise;

public sealed class NoiseStreamProperties
{
    [Fact]
    public void EveryValue_AskedTwice_IsTheSame() => Prop.ForAll<long, string, long>((seed, name, index) =>
    {
        var first = NoiseStream.Of(seed, name ?? "");
        var second = NoiseStream.Of(seed, name ?? "");
        return first.Uniform(index) == second.Uniform(index)
            && first.Gaussian(index) == second.Gaussian(index)
            && first.Branch(3).Autoregressive(index, 0.9) == second.Branch(3).Autoregressive(index, 0.9)
            && first.Uniform(index) is >= 0 and < 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Autoregressive_ManyPoints_HasTheStatedMomentsAndCorrelation()
    {
        var stream = NoiseStream.Of(17, "moments");
        var values = Enumerable.Range(0, 40_000).Select(i => stream.Autoregressive(i, 0.8)).ToArray();
        var variance = values.Average(value => value * value);
        var correlation = values.Zip(values.Skip(1), (a, b) => a * b).Average() / variance;
        Assert.InRange(values.Average(), -0.06, 0.06);
        Assert.InRange(variance, 0.94, 1.06);
        Assert.InRange(correlation, 0.78, 0.82);
    }

    [Fact]
    public void Streams_OfOtherNamesAndSeeds_AreUncorrelated()
    {
        double Correlation(NoiseStream a, NoiseStream b) => Enumerable.Range(0, 20_000).Average(i => a.Gaussian(i) * b.Gaussian(i));
        Assert.InRange(Correlation(NoiseStream.Of(1, "a"), NoiseStream.Of(1, "b")), -0.03, 0.03);
        Assert.InRange(Correlation(NoiseStream.Of(1, "a"), NoiseStream.Of(2, "a")), -0.03, 0.03);
        Assert.InRange(Correlation(NoiseStream.Of(1, "a"), NoiseStream.Of(1, "a").Branch(1)), -0.03, 0.03);
    }
}
