using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Testing.Assets;
using FsCheck;
using FsCheck.Fluent;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Alarms;

/// <summary>What time brings about doesn't depend on how often anybody looks at the clock: a shard that was held up makes the steps that a punctual one makes.</summary>
public sealed class TickProperties
{
    private static readonly AlarmRule[] s_rules =
    [
        new("device-silent", "Silent", AlarmSeverity.Low, new SilenceCondition(TimeSpan.FromMinutes(5))),
        new("voltage-high", "High", AlarmSeverity.Medium, new ThresholdCondition(Catalog.Id("voltage"), true, 253, 2, TimeSpan.FromSeconds(20))),
    ];

    [Fact]
    public void Tick_ShelfEndedBeforeTheSilence_EndsTheAlarmFirst()
    {
        var asset = new AssetUnderTest(rules: s_rules);
        asset.Post(0, "activePower", 1).Tick(300).Post(310, "activePower", 1);
        asset.Command(311, "device-silent", AlarmAction.Shelve, "on site", TimeSpan.FromSeconds(100));

        asset.Tick(1000);

        Assert.Equal(
            [(AlarmState.Shelved, AlarmState.Normal, At(411)), (AlarmState.Normal, AlarmState.Unacknowledged, At(610))],
            asset.Transitions.TakeLast(2).Select(t => (t.From, t.To, t.At)));
        Assert.Equal(2, asset.Transitions.Select(t => t.AlarmId).Distinct().Count());
    }

    [Fact]
    public void Tick_LateOrInTime_SameSteps() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            Assert.Equal(Play(new Random(seed), isPunctual: true), Play(new Random(seed), isPunctual: false));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithQuietOnSuccess(true));

    private static List<AlarmTransition> Play(Random random, bool isPunctual)
    {
        var asset = new AssetUnderTest(rules: s_rules);
        double now = 0;
        for (int i = random.Next(5, 60); i > 0; i--)
        {
            now += random.Next(4) switch { 0 => random.Next(200, 1200), 1 => random.Next(30, 300), _ => random.Next(1, 30) };
            while (isPunctual && asset.NextDeadline <= At(now))
            {
                asset.Tick((asset.NextDeadline.UnixMilliseconds - Start.UnixMilliseconds) / 1000.0);
            }

            asset.Tick(now);
            string rule = s_rules[random.Next(2)].Name;
            switch (random.Next(5))
            {
                case 0:
                    asset.Command(now, rule, AlarmAction.Shelve, "works", TimeSpan.FromSeconds(random.Next(10, 900)));
                    break;
                case 1:
                    asset.Command(now, rule, (AlarmAction)random.Next(Enum.GetValues<AlarmAction>().Length), "asked", TimeSpan.FromSeconds(60));
                    break;
                default:
                    asset.PostAt(At(now), Of(now - random.Next(200), random.Next(2) == 0 ? "voltage" : "activePower", 245 + random.Next(15)));
                    break;
            }
        }

        // Each rule's steps in their order; rules know nothing of each other.
        return [.. asset.Transitions.OrderBy(t => t.Rule, StringComparer.Ordinal)];
    }
}
