using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Testing.Assets;
using FsCheck;
using FsCheck.Fluent;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Processing;

/// <summary>Laws of the asset processor, over lives that FsCheck makes up; a failure prints the life and the seed.</summary>
public sealed class AssetProcessorProperties
{
    private const double AlarmLimit = 253;
    private const double Deadband = 2;

    private static readonly AlarmRule[] s_rules =
    [
        new("voltage-high", "High", AlarmSeverity.Medium, new ThresholdCondition(Catalog.Id("voltage"), true, AlarmLimit, Deadband, TimeSpan.Zero) { IncludesPhases = true }),
        new("power-low", "Low", AlarmSeverity.Low, new ThresholdCondition(Catalog.Id("activePower"), false, -2000, 500, TimeSpan.FromSeconds(20))),
        new("device-silent", "Silent", AlarmSeverity.Low, new SilenceCondition(TimeSpan.FromMinutes(5))),
    ];

    private static readonly AlarmRule[] s_manyRules =
    [
        .. s_rules,
        new("voltage-ladder", "Ladder", AlarmSeverity.Low, new ThresholdCondition(Catalog.Id("voltage"), true, 250, 1, TimeSpan.Zero)
        {
            IncludesPhases = true,
            Ladder = [Rung(AlarmSeverity.Low, 250, 0, 30), Rung(AlarmSeverity.High, 253, 10, 0), Rung(AlarmSeverity.Critical, 255, 0, 0)],
        }),
        new("power-jump", "Jump", AlarmSeverity.Low, new RateCondition(Catalog.Id("activePower"), TimeSpan.FromMinutes(2), RateDirection.Either, [Rung(null, 3000, 0, 0)])),
        new("nobody-moves", "Frozen", AlarmSeverity.Low, new FrozenCondition(Catalog.Id("occupancy"), 0, TimeSpan.FromSeconds(60), 2, null)),
        new("voltage-band", "Band", AlarmSeverity.Low, new WindowCondition(Catalog.Id("voltage"), true, WindowSpan.OneMinute, WindowStatistic.Mean, [Rung(AlarmSeverity.Low, 251, 0, 0), Rung(AlarmSeverity.High, 254, 0, 60)]) { IncludesPhases = true }),
    ];

    private static AlarmRung Rung(AlarmSeverity? severity, double at, int onSeconds, int offSeconds) =>
        new(severity, new AlarmQuantity(at), new AlarmQuantity(1), TimeSpan.FromSeconds(onSeconds), TimeSpan.FromSeconds(offSeconds));

    private static Config Check => Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true);

    [Fact]
    public void Apply_AnySplitOfBatches_GivesTheSameStateAndOutput() => Prop.ForAll(
        AssetStories.Wild.ToArbitrary(),
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (story, seed) =>
        {
            var random = new Random(seed);
            var whole = new AssetUnderTest(rules: s_manyRules);
            var split = new AssetUnderTest(rules: s_manyRules);
            foreach (var message in story)
            {
                Play(whole, message);
                foreach (var part in Split(message, random))
                {
                    Play(split, part);
                }

                Assert.Equal(whole.NextDeadline, split.NextDeadline);
            }

            End(whole, story);
            End(split, story);
            AssertSame(whole, split);
        }).Check(Check);

    [Fact]
    public void Apply_AnyOrderWithinOneOpenWindow_GivesTheSameSummaries() => Prop.ForAll(
        AssetStories.OneMinute.ToArbitrary(),
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (readings, seed) =>
        {
            var inOrder = new AssetUnderTest();
            var shuffled = new AssetUnderTest();
            foreach (var reading in readings)
            {
                inOrder.PostAt(At(59.999), reading);
            }

            foreach (var reading in AssetStories.Shuffle(readings, seed))
            {
                shuffled.PostAt(At(59.999), reading);
            }

            inOrder.Tick(10_000);
            shuffled.Tick(10_000);
            Assert.Equal(0, shuffled.Outcomes[ReadingOutcome.Late]);
            foreach (string measurand in (string[])["activePower", "energyImport"])
            {
                foreach (var span in WindowSpans.All)
                {
                    var expected = Assert.Single(inOrder.Published(measurand, span)).Summary;
                    var actual = Assert.Single(shuffled.Published(measurand, span)).Summary;
                    Assert.Equal(expected with { Mean = 0, Delta = 0, Completeness = 0 }, actual with { Mean = 0, Delta = 0, Completeness = 0 });
                    Assert.Equal(expected.Mean, actual.Mean, 1e-9 * Math.Max(1, Math.Abs(expected.Mean)));
                    Assert.Equal(expected.Delta, actual.Delta, 1e-6);
                }
            }

            Assert.Equal(inOrder.Snapshot.Values, shuffled.Snapshot.Values);
            Assert.Equal(inOrder.TotalsAt(60).EnergyImportTodayWattHours, shuffled.TotalsAt(60).EnergyImportTodayWattHours, 1e-6);
        }).Check(Check);

    [Fact]
    public void Apply_RecentMessagesAgainAndAgain_ChangeNothing() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            var once = new AssetUnderTest(rules: s_rules);
            var often = new AssetUnderTest(rules: s_rules);
            var sent = new List<(double At, Reading[] Readings)>();
            double now = 0;
            for (int i = 0; i < 40; i++)
            {
                now += random.Next(1, 50);
                double at = now - (random.Next(4) == 0 ? random.Next(300) + 0.5 + (i * 0.001) : 0);
                Reading[] message = [Of(at, "activePower", i), Of(at, "energyImport", i * 10), Of(at, "voltage", 250 + random.Next(6))];
                sent.Add((now, message));
                once.PostAt(At(now), message);
                often.PostAt(At(now), message);
                for (int repeats = random.Next(4); repeats > 0; repeats--)
                {
                    // Eight instants are remembered, whichever they are.
                    often.PostAt(At(now), sent[^random.Next(1, Math.Min(8, sent.Count) + 1)].Readings);
                }
            }

            once.Tick(now + 10_000);
            often.Tick(now + 10_000);
            Assert.Equal(once.Stored, often.Stored);
            Assert.Equal(once.Windows, often.Windows);
            Assert.Equal(once.Transitions, often.Transitions);
        }).Check(Check);

    [Fact]
    public void Windows_CountsOfOneMinute_SumToAcceptedAndOutOfOrder() => Prop.ForAll(
        AssetStories.Wild.ToArbitrary(),
        story =>
        {
            var asset = Live(story);

            int counted = asset.Windows.Where(w => w.Window.Span == WindowSpan.OneMinute)
                .GroupBy(w => (w.Measurand, w.Window.Start)).Sum(g => g.MaxBy(w => w.Summary.Revision).Summary.Count);
            Assert.Equal(asset.Outcomes[ReadingOutcome.Accepted] + asset.Outcomes[ReadingOutcome.OutOfOrder], counted);
        }).Check(Check);

    [Fact]
    public void Windows_Revisions_CountUpFromZeroWithoutGap() => Prop.ForAll(
        AssetStories.Wild.ToArbitrary(),
        story =>
        {
            foreach (var window in Live(story).Windows.GroupBy(w => (w.Measurand, w.Window)))
            {
                Assert.Equal(Enumerable.Range(0, window.Count()), window.Select(w => (int)w.Summary.Revision));
                Assert.Equal(window.Select(w => w.Summary.Count).Order(), window.Select(w => w.Summary.Count));
            }
        }).Check(Check);

    [Fact]
    public void Outdated_EachRevision_IsWhatWasPublishedBefore() => Prop.ForAll(
        AssetStories.Wild.ToArbitrary(),
        story =>
        {
            var asset = Live(story);
            var published = asset.Windows.ToDictionary(w => (w.Measurand, w.Window, w.Summary.Revision), w => w.Summary);

            Assert.Equal(published.Keys.Where(k => k.Revision > 0).ToHashSet(), asset.Outdated.Select(w => (w.Measurand, w.Window, w.Summary.Revision)).ToHashSet());
            Assert.All(asset.Outdated, w =>
            {
                var before = published[(w.Measurand, w.Window, (ushort)(w.Summary.Revision - 1))];
                Assert.Equal(before with { Last = 0, Revision = 0 }, w.Summary with { Last = 0, Revision = 0 });
            });
        }).Check(Check);

    [Fact]
    public void Outcomes_EveryReading_HasExactlyOne() => Prop.ForAll(
        AssetStories.Wild.ToArbitrary(),
        story =>
        {
            var asset = Live(story);

            Assert.Equal(story.Sum(m => m.Readings.Count), asset.Outcomes.Values.Sum());
            ReadingOutcome[] dropped = [ReadingOutcome.Duplicate, ReadingOutcome.ClockAhead, ReadingOutcome.ClockBehind, ReadingOutcome.TooManyMeasurands];
            Assert.Equal(asset.Stored.Count, asset.Outcomes.Where(o => !dropped.Contains(o.Key)).Sum(o => o.Value));
            Assert.Equal(asset.Stored.Count, asset.Stored.Select(r => (r.Measurand, r.MeasuredAt, r.Sequence)).Count());
        }).Check(Check);

    [Fact]
    public void Deltas_RegisterThatOnlyRises_SumToItsDifference() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            var asset = new AssetUnderTest();
            double now = 0;
            double register = random.Next(1_000_000);
            double first = register;
            asset.Post(0, "energyImport", register);
            for (int i = random.Next(1, 80); i > 0; i--)
            {
                // Two readings, sometimes the newer one first.
                double earlier = now + random.Next(1, 200);
                double later = earlier + random.Next(1, 200);
                double between = register + random.Next(100);
                register = between + random.Next(100);
                now = later;
                var (a, b) = (Of(earlier, "energyImport", between), Of(later, "energyImport", register));
                asset.PostAt(At(now), random.Next(2) == 0 ? [a, b] : [b, a]);
            }

            asset.Tick(now + 10_000);
            foreach (var span in WindowSpans.All.ToArray())
            {
                Assert.Equal(register - first, asset.Published("energyImport", span).Sum(w => w.Summary.Delta), 1e-6);
            }
        }).Check(Check);

    [Fact]
    public void Deadband_BetweenTwoRaises_LiesAReadingStrictlyInside() => Prop.ForAll(
        Gen.Choose(2450, 2560).Select(v => v / 10.0).ArrayOf().ToArbitrary(),
        values =>
        {
            var asset = new AssetUnderTest(rules: [s_rules[0]]);
            int crossings = 0;
            bool isArmed = true;
            for (int i = 0; i < values.Length; i++)
            {
                crossings += isArmed && values[i] >= AlarmLimit ? 1 : 0;
                isArmed = values[i] < AlarmLimit - Deadband || (isArmed && values[i] < AlarmLimit);
                asset.Post(i, "voltage", values[i]);
            }

            Assert.Equal(crossings, asset.Transitions.Count(t => t.To == AlarmState.Unacknowledged));
        }).Check(Check);

    [Fact]
    public void Output_WhateverComesIn_HoldsNoNaN() => Prop.ForAll(
        AssetStories.Wild.ToArbitrary(),
        story =>
        {
            var asset = Live(story);

            Assert.All(asset.Stored, r => Assert.True(double.IsFinite(r.Value)));
            Assert.All(asset.Windows.Select(w => w.Summary), s => Assert.True(double.IsFinite(s.Minimum) && double.IsFinite(s.Maximum) && double.IsFinite(s.Mean) && double.IsFinite(s.Last) && double.IsFinite(s.Delta) && s.Delta >= 0));
            Assert.All(asset.Windows.Select(w => w.Summary), s => Assert.InRange(s.Mean, s.Minimum - (1e-9 * Math.Abs(s.Minimum)), s.Maximum + (1e-9 * Math.Abs(s.Maximum))));
            if (asset.State.HasReadings)
            {
                Assert.All(asset.Snapshot.Values, v => Assert.True(double.IsFinite(v.Value)));
            }
        }).Check(Check);

    [Fact]
    public void Alarms_AnyLifeAndAnyCommands_FollowTheTable() => Prop.ForAll(
        AssetStories.Wild.ToArbitrary(),
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (story, seed) =>
        {
            var random = new Random(seed);
            var asset = new AssetUnderTest(rules: s_manyRules);
            foreach (var message in story)
            {
                Play(asset, message);
                if (random.Next(2) == 0)
                {
                    double now = (message.ReceivedAt - Start).TotalSeconds;
                    asset.Command(now, s_manyRules[random.Next(s_manyRules.Length)].Name, (AlarmAction)random.Next(3), "why", TimeSpan.FromSeconds(random.Next(1, 600)));
                }
            }

            foreach (var rule in asset.Transitions.GroupBy(t => t.Rule))
            {
                var state = AlarmState.Normal;
                string? id = null;
                var severity = AlarmSeverity.Low;
                foreach (var step in rule)
                {
                    Assert.Equal(state, step.From);
                    Assert.True(step.From != step.To || (step.To == AlarmState.Unacknowledged && step.Severity > severity), "A step changes the state, or the severity rises.");
                    Assert.True(step.From == AlarmState.Normal || step.Severity >= severity, "An alarm only climbs.");
                    Assert.Contains(Enum.GetValues<AlarmInput>(), i => AlarmMachine.Next(step.From, i, true) == step.To || AlarmMachine.Next(step.From, i, false) == step.To);
                    Assert.True(step.From == AlarmState.Normal || step.AlarmId == id, "One alarm keeps its id until it is normal.");
                    (state, id, severity) = (step.To, step.AlarmId, step.Severity);
                }

                Assert.Equal(state != AlarmState.Normal, asset.Snapshot.Alarms.Any(a => a.Rule == rule.Key && a.State == state && a.AlarmId == id));
            }
        }).Check(Check);

    [Fact]
    public void Alarms_ReadingsOfOneInstantInAnyOrder_EndInTheSameStates() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            var inOrder = new AssetUnderTest(rules: s_manyRules);
            var shuffled = new AssetUnderTest(rules: s_manyRules);
            double at = 0;
            for (int i = 0; i < 60; i++)
            {
                at += random.Next(1, 60);
                Reading[] readings =
                [
                    Of(at, "voltage", 248 + (random.NextDouble() * 9)), Of(at, "voltage.l1", 248 + (random.NextDouble() * 9)), Of(at, "voltage.l2", 248 + (random.NextDouble() * 9)),
                    Of(at, "activePower", (random.NextDouble() - 0.5) * 10_000), Of(at, "occupancy", random.Next(2)),
                ];
                inOrder.Post(readings);
                shuffled.Post(AssetStories.Shuffle(readings, seed + i));
                Assert.Equal(States(inOrder), States(shuffled));
            }
        }).Check(Check);

    private static IEnumerable<(string Rule, AlarmState State, AlarmSeverity Severity, Core.Time.Instant RaisedAt)> States(AssetUnderTest asset) =>
        asset.Snapshot.Alarms.Select(a => (a.Rule, a.State, a.Severity, a.RaisedAt)).Order();

    private static AssetUnderTest Live(StoryMessage[] story)
    {
        var asset = new AssetUnderTest(rules: s_rules);
        foreach (var message in story)
        {
            Play(asset, message);
        }

        End(asset, story);
        return asset;
    }

    private static void Play(AssetUnderTest asset, StoryMessage message)
    {
        if (message.Readings.Count == 0)
        {
            asset.Tick((message.ReceivedAt - Start).TotalSeconds);
        }
        else
        {
            asset.PostAt(message.ReceivedAt, [.. message.Readings]);
        }
    }

    private static void End(AssetUnderTest asset, StoryMessage[] story) => asset.Tick(story.Length == 0 ? 0 : (story[^1].ReceivedAt - Start).TotalSeconds + 10_000);

    /// <summary>Cuts a message anywhere that isn't inside a run of one sequence number.</summary>
    private static IEnumerable<StoryMessage> Split(StoryMessage message, Random random)
    {
        int from = 0;
        for (int i = 1; i < message.Readings.Count; i++)
        {
            bool isBorder = message.Readings[i].Sequence == 0 || message.Readings[i].Sequence != message.Readings[i - 1].Sequence;
            if (isBorder && random.Next(2) == 0)
            {
                yield return message with { Readings = [.. message.Readings.Skip(from).Take(i - from)] };
                from = i;
            }
        }

        yield return message with { Readings = [.. message.Readings.Skip(from)] };
    }

    private static void AssertSame(AssetUnderTest expected, AssetUnderTest actual)
    {
        Assert.Equal(expected.Stored, actual.Stored);
        Assert.Equal(expected.Windows, actual.Windows);
        Assert.Equal(expected.Transitions, actual.Transitions);
        Assert.Equal(expected.Outcomes, actual.Outcomes);
        Assert.Equal(expected.State.HasReadings, actual.State.HasReadings);
        if (expected.State.HasReadings)
        {
            Assert.Equal(expected.Snapshot.Values, actual.Snapshot.Values);
            Assert.Equal(expected.Snapshot.Alarms, actual.Snapshot.Alarms);
            Assert.Equal(expected.Snapshot with { Values = [], Alarms = [] }, actual.Snapshot with { Values = [], Alarms = [] });
        }
    }
}
