using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Engine.Tests;

public sealed class TimingWheelProperties
{
    [Fact]
    public void Advance_AnyArmsAndMoves_BringsEachEntryUpAtItsTick() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        long now = (long)random.Next() * random.Next(1, 1000);
        var wheel = new TimingWheel(now);
        var model = new Dictionary<int, long>();
        var expired = new List<int>();
        for (int step = 0; step < 300; step++)
        {
            int entry = random.Next(50);
            long tick = now + random.Next(-5, (int[])[2, 300, 70_000, 20_000_000] is var reach ? reach[random.Next(reach.Length)] : 0);
            wheel.Arm(entry, tick);

            // An entry that comes up earlier stays; one in the past comes up next.
            long real = Math.Max(tick, now + 1);
            model[entry] = model.TryGetValue(entry, out long armed) ? Math.Min(armed, real) : real;
            if (random.Next(3) == 0)
            {
                long to = now + random.Next(1, random.Next(4) == 0 ? 200_000 : 400);
                expired.Clear();
                wheel.Advance(to, expired);
                now = to;
                var due = model.Where(m => m.Value <= now).ToList();
                Assert.Equal(due.Select(d => d.Key).Order(), expired.Order());
                Assert.Equal(due.Select(d => d.Value).Order(), expired.Select(e => model[e]));
                due.ForEach(d => model.Remove(d.Key));
            }

            Assert.Equal(model.Count, wheel.Count);
            Assert.All(model.Keys, e => Assert.True(wheel.IsArmed(e)));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithQuietOnSuccess(true));

    [Fact]
    public void Advance_ClockWentBack_ChangesNothing()
    {
        var wheel = new TimingWheel(1000);
        var expired = new List<int>();
        wheel.Arm(1, 1005);

        wheel.Advance(500, expired);

        Assert.Equal(1000, wheel.Now);
        Assert.Empty(expired);
    }

    [Fact]
    public void Arm_YearsBeyondTheLastLevel_StaysArmedAndDisturbsNobody()
    {
        var wheel = new TimingWheel(0);
        var expired = new List<int>();
        long far = (1L << 32) + 12_345;
        wheel.Arm(3, far);
        wheel.Arm(4, 10);

        wheel.Advance(1 << 20, expired);

        Assert.Equal([4], expired);
        Assert.True(wheel.IsArmed(3));
    }
}
