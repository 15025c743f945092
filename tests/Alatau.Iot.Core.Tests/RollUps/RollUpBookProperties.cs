using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Core.Tests.RollUps;

/// <summary>Whatever order windows and corrections come in, and whatever is killed meanwhile: the branches are what adding everything up afresh gives. A failure prints the seed of the world.</summary>
public sealed class RollUpBookProperties
{
    private static Config Check => Config.QuickThrowOnFailure.WithMaxTest(60).WithQuietOnSuccess(true);

    [Fact]
    public void Branches_AnyWindowsCorrectionsFailuresAndKills_EqualABruteForceSum() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var world = new RollUpWorld(seed);
        for (int i = 0; i < 250; i++)
        {
            world.Step();
        }

        world.Settle();

        Assert.Empty(world.Differences());
    }).Check(Check);

    [Fact]
    public void Worlds_Together_TryEverything()
    {
        int kills = 0;
        int summed = 0;
        int published = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            var world = new RollUpWorld(seed);
            for (int i = 0; i < 250; i++)
            {
                world.Step();
            }

            world.Settle();
            Assert.Empty(world.Differences());
            (kills, summed, published) = (kills + world.Kills, summed + world.SummedAgain, published + world.Published);
        }

        Assert.True(kills > 50 && summed > 500 && published > 2000, $"{kills} kills, {summed} summed again, {published} published");
    }
}
