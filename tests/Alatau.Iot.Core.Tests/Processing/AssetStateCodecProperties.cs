using System.Buffers;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Testing.Assets;
using Alatau.Iot.Testing;
using FsCheck.Fluent;
using FsCheck;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Processing;

/// <summary>A state that went through bytes has the same future as one that didn't, over lives that FsCheck makes up; a failure prints the life and the seed.</summary>
public sealed class AssetStateCodecProperties
{
    private static readonly AlarmRule[] s_rules =
    [
        new("never", "Never", AlarmSeverity.Low, new SilenceCondition(null)) { Kinds = [AssetKind.Weather] },
        new("voltage-high", "High", AlarmSeverity.Medium, new ThresholdCondition(Catalog.Id("voltage"), true, 253, 2, TimeSpan.Zero) { IncludesPhases = true }),
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
        new("power-jump", "Jump", AlarmSeverity.Low, new RateCondition(Catalog.Id("activePower"), TimeSpan.FromMinutes(2), RateDirection.Rise, [Rung(null, 3000, 0, 0)])),
        new("nobody-moves", "Frozen", AlarmSeverity.Low, new FrozenCondition(Catalog.Id("occupancy"), 0, TimeSpan.FromSeconds(60), 2, null)),
        new("voltage-band", "Band", AlarmSeverity.Low, new WindowCondition(Catalog.Id("voltage"), true, WindowSpan.OneMinute, WindowStatistic.Mean, [Rung(AlarmSeverity.Low, 251, 0, 0), Rung(AlarmSeverity.High, 254, 0, 60)]) { IncludesPhases = true }),
    ];

    private static AlarmRung Rung(AlarmSeverity? severity, double at, int onSeconds, int offSeconds) =>
        new(severity, new AlarmQuantity(at), new AlarmQuantity(1), TimeSpan.FromSeconds(onSeconds), TimeSpan.FromSeconds(offSeconds));

    private static readonly Measurand s_own = new(default, "ownThing", "1", MeasurandKind.Gauge, -1e9, 1e9, "Only for tests.");

    private static Config Check => Config.QuickThrowOnFailure.WithMaxTest(400).WithQuietOnSuccess(true);

    [Fact]
    public void Read_StateCutAnywhereInALife_HasTheSameFuture() => Prop.ForAll(
        AssetStories.Wild.ToArbitrary(),
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (story, seed) =>
        {
            var random = new Random(seed);
            var expected = new World(Catalog, s_manyRules);
            var actual = new World(Catalog, s_manyRules);
            int cut = random.Next(story.Length + 1);
            for (int i = 0; i <= story.Length; i++)
            {
                if (i == cut)
                {
                    byte[] bytes = actual.Write();
                    actual = new World(Catalog, s_manyRules) { State = null! };
                    Assert.Equal(StateVerdict.Restored, actual.Read(bytes));
                    Assert.Equal((1, 0, 0, 0), (actual.Tally.Assets, actual.Tally.MeasurandsGone, actual.Tally.WatchersGone, actual.Tally.Orphans.Count));
                    Assert.Equal(bytes, actual.Write());
                }

                var now = i < story.Length ? story[i].ReceivedAt : story.Length == 0 ? At(0) : story[^1].ReceivedAt + TimeSpan.FromSeconds(10_000);
                var command = random.Next(3) == 0
                    ? new AlarmCommand(expected.State.Handle, s_manyRules[random.Next(s_manyRules.Length)].Name, (AlarmAction)random.Next(3), now, "aigerim", "because", TimeSpan.FromSeconds(random.Next(1, 600)))
                    : null;
                foreach (var (a, b) in expected.Step(story.ElementAtOrDefault(i), now, command).Zip(actual.Step(story.ElementAtOrDefault(i), now, command)))
                {
                    Assert.Equal(a, b);
                }
            }
        }).Check(Check);

    [Fact]
    public void Read_ManyMeasurands_HasTheSameFuture() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var ids = Catalog.All.Where(m => m.Accepts(1)).Select(m => m.Id).OrderBy(_ => random.Next()).Take(random.Next(1, 65)).ToArray();
        var expected = new World(Catalog, s_manyRules);
        var actual = new World(Catalog, s_manyRules);
        for (int i = 0; i < 60; i++)
        {
            var readings = ids.Where(_ => random.Next(3) > 0).Select(id => new Reading(At(random.Next(600)), 1, 0, id, Quality.Good, ReadingOrigin.None)).ToArray();
            if (i == 30)
            {
                byte[] bytes = actual.Write();
                actual = new World(Catalog, s_manyRules) { State = null! };
                Assert.Equal(StateVerdict.Restored, actual.Read(bytes));
            }

            var message = new StoryMessage(At(600), readings);
            Assert.Equal(expected.Step(message, At(600), null), actual.Step(message, At(600), null));
        }
    }).Check(Check.WithMaxTest(60));

    [Fact]
    public void Read_AnythingMissingOrChanged_IsRefused() => Prop.ForAll(
        AssetStories.Wild.ToArbitrary(),
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (story, seed) =>
        {
            var random = new Random(seed);
            var world = new World(Catalog, s_manyRules);
            foreach (var message in story)
            {
                world.Step(message, message.ReceivedAt, null);
            }

            byte[] bytes = world.Write();
            Assert.Equal(StateVerdict.Truncated, new World(Catalog, s_manyRules).Read(bytes[..random.Next(world.NamesLength, bytes.Length)]));
            for (int i = 0; i < 20; i++)
            {
                byte[] changed = [.. bytes];
                int at = random.Next(world.NamesLength, bytes.Length);
                changed[at] ^= (byte)(1 << random.Next(8));
                Assert.NotEqual(StateVerdict.Restored, new World(Catalog, s_manyRules).Read(changed));
                changed = [.. bytes];
                random.NextBytes(changed.AsSpan(random.Next(world.NamesLength, bytes.Length - 1)));
                Assert.NotEqual(StateVerdict.Restored, new World(Catalog, s_manyRules).Read(changed));
                changed = [.. bytes];
                changed[random.Next(world.NamesLength)] ^= (byte)(1 << random.Next(8));
                Assert.Null(new World(Catalog, s_manyRules).Read(changed));
            }

            // Also behind a right checksum nothing throws: a body of noise, and one cut short.
            for (int i = 0; i < 20; i++)
            {
                byte[] changed = [.. bytes];
                int length = random.Next(bytes.Length - world.NamesLength - StateFrame.HeaderBytes + 1);
                var frame = changed.AsSpan(world.NamesLength);
                frame[StateFrame.HeaderBytes + random.Next(Math.Max(length, 1))] ^= (byte)random.Next(1, 256);
                StateFrame.Close(frame, length);
                var noisy = new World(Catalog, s_manyRules);
                if (noisy.Read(changed[..(world.NamesLength + StateFrame.HeaderBytes + length)]) == StateVerdict.Restored)
                {
                    Assert.Equal(bytes.Length - world.NamesLength - StateFrame.HeaderBytes, length);
                }
            }
        }).Check(Check.WithMaxTest(100));

    [Fact]
    public void Read_VersionOne_KeepsAlarmAndWatcher()
    {
        var old = new World(Catalog, s_rules);
        old.Step(new StoryMessage(At(1), [Of(1, "voltage", 260)]), At(1), null);
        var now = new World(Catalog, s_rules) { State = null! };

        Assert.Equal(StateVerdict.Restored, now.Read(AsVersionOne(old.Write(), old.NamesLength)));

        Assert.Equal(old.Step(new StoryMessage(At(2), [Of(2, "voltage", 230)]), At(2), null), now.Step(new StoryMessage(At(2), [Of(2, "voltage", 230)]), At(2), null));
    }

    /// <summary>The same bytes as version 1 had them: one watcher without the number of its limit, and nothing behind the watchers.</summary>
    private static byte[] AsVersionOne(byte[] bytes, int namesLength)
    {
        const int tracesBytes = 2;
        const int rungFromTheEnd = tracesBytes + 8 + 1 + 1;
        byte[] names = bytes[..namesLength];
        (names[StateFrame.HeaderBytes], names[StateFrame.HeaderBytes + 1]) = (1, 0);
        StateFrame.Close(names, names.Length - StateFrame.HeaderBytes);
        byte[] state = [.. bytes[namesLength..^rungFromTheEnd], .. bytes[^(rungFromTheEnd - 1)..^tracesBytes]];
        StateFrame.Close(state, state.Length - StateFrame.HeaderBytes);
        return [.. names, .. state];
    }

    [Fact]
    public void Read_MeasurandAndRuleGone_RestIsKeptAndAlarmIsHandedOut()
    {
        var catalog = new MeasurandCatalog([s_own]);
        var old = new World(catalog, [new("own-high", "Own", AlarmSeverity.High, new ThresholdCondition(catalog.Id("ownThing"), true, 10, 1, TimeSpan.Zero)), .. s_rules]);
        old.Step(new StoryMessage(At(1), [Of(1, "activePower", 5), new Reading(At(1), 11, 0, catalog.Id("ownThing"), Quality.Good, ReadingOrigin.None), Of(1, "energyImport", 7), Of(1, "voltage", 260)]), At(1), null);
        Assert.Equal(2, old.Processor.Snapshot(old.State)!.Alarms.Count);

        var now = new World(Catalog, s_rules) { State = null! };
        Assert.Equal(StateVerdict.Restored, now.Read(old.Write()));

        Assert.Equal((1, 1), (now.Tally.MeasurandsGone, now.Tally.WatchersGone));
        var (state, last) = Assert.Single(now.Tally.Orphans);
        Assert.Equal(("own-high", AlarmState.Unacknowledged), (last.Rule, last.To));
        var closed = Assert.Single(now.Processor.Close(state, last, At(2)).Transitions);
        Assert.Equal((last.AlarmId, AlarmState.Unacknowledged, AlarmState.Normal, At(2), "platform"), (closed.AlarmId, closed.From, closed.To, closed.At, closed.By));
        var snapshot = now.Processor.Snapshot(now.State)!;
        Assert.Equal(["activePower", "energyImport", "voltage"], snapshot.Values.Select(v => Catalog[v.Measurand].Name));
        Assert.Equal("voltage-high", Assert.Single(snapshot.Alarms).Rule);

        // What was remembered of the others still tells duplicates, at their new places.
        var again = now.Processor.Apply(now.State, new ReadingBatch(now.State.Handle, At(3), 0, 0, [Of(1, "activePower", 5), Of(1, "energyImport", 7), Of(1, "voltage", 260)]));
        Assert.Equal(3, again.CountOf(ReadingOutcome.Duplicate));
    }

    [Fact]
    public void Read_RuleWatchesSomethingElse_ItsAlarmIsHandedOut()
    {
        var old = new World(Catalog, [s_rules[1], s_rules[3]]);
        old.Step(new StoryMessage(At(1), [Of(1, "voltage", 260), Of(1, "activePower", 1)]), At(1), null);
        old.Step(null, At(1000), null);
        Assert.Equal(2, old.Processor.Snapshot(old.State)!.Alarms.Count);

        // The names change places: the threshold's alarm belongs to a silence rule now, and the other way round.
        var now = new World(Catalog, [s_rules[1] with { Name = "device-silent" }, s_rules[3] with { Name = "voltage-high" }]);
        Assert.Equal(StateVerdict.Restored, now.Read(old.Write()));

        Assert.Equal(["device-silent", "voltage-high"], now.Tally.Orphans.Select(o => o.Last.Rule).Order());
        Assert.Empty(now.Processor.Snapshot(now.State)!.Alarms);
    }

    [Fact]
    public void Read_AssetIsGone_IsLeftOutAndItsAlarmsAreNamed()
    {
        var old = new World(Catalog, s_rules);
        old.Step(new StoryMessage(At(1), [Of(1, "voltage", 260)]), At(1), null);

        var now = new World(Catalog, s_rules, new Asset(AssetId.Of("green", "another"), "Another", AssetKind.Meter)) { State = null! };

        Assert.Equal(StateVerdict.AssetGone, now.Read(old.Write()));
        Assert.Equal((0, 1, 1), (now.Tally.Assets, now.Tally.AssetsGone, now.Directory.Count));
        Assert.Equal("voltage-high", Assert.Single(now.Tally.Abandoned).Rule);
    }

    [Fact]
    public void Read_SelfRegisteredAsset_IsRegisteredAgainAsItWas()
    {
        var asset = new Asset(AssetId.Of("green", "by-itself"), "Сам", AssetKind.Water)
        {
            IsSelfRegistered = true,
            ReportingInterval = TimeSpan.FromSeconds(30),
            RatedPowerWatts = 5000,
            Latitude = 43.2,
            Longitude = 76.9,
            Attributes = new Dictionary<string, string> { ["registerWidth"] = "1000000" },
        };
        var old = new World(Catalog, s_rules, asset);
        old.Step(new StoryMessage(At(1), [Of(1, "voltage", 230)]), At(1), null);
        var now = new World(Catalog, s_rules, new Asset(AssetId.Of("green", "another"), "Another", AssetKind.Meter)) { State = null! };

        Assert.Equal(StateVerdict.Restored, now.Read(old.Write()));

        var restored = now.Directory[now.State.Handle];
        Assert.Equal(asset with { Attributes = restored.Attributes }, restored);
        Assert.Equal("1000000", restored.Attributes["registerWidth"]);
    }

    [Fact]
    public void Write_SteadyState_AllocatesNothing()
    {
        var world = new World(Catalog, s_rules);
        world.Step(new StoryMessage(At(1), [Of(1, "voltage", 260), Of(1, "energyImport", 1)]), At(1), null);
        var output = new ArrayBufferWriter<byte>(64 << 10);
        world.Codec.Write(world.State, output);

        Assert.Equal(0, Allocations.LeastOf(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                output.ResetWrittenCount();
                world.Codec.Write(world.State, output);
            }
        }));
    }

    /// <summary>One asset under a catalog and rules, and what each step brought as text: everything there is to see of an update.</summary>
    private sealed class World
    {
        public World(MeasurandCatalog catalog, IEnumerable<AlarmRule> rules, Asset? asset = null)
        {
            Assert.True(Directory.TryRegister(asset ?? new Asset(AssetId.Of("green", "meter-1"), "Meter 1", AssetKind.Meter) { RatedPowerWatts = 4000 }, out var handle));
            Processor = new AssetProcessor(catalog, Directory, new AlarmRuleSet(rules, catalog), new ProcessorOptions());
            Codec = new AssetStateCodec(Processor);
            State = Processor.Create(handle);
        }

        public AssetDirectory Directory { get; } = new();

        public AssetProcessor Processor { get; }

        public AssetStateCodec Codec { get; }

        public AssetState State { get; set; }

        public StateTally Tally { get; } = new();

        public int NamesLength { get; private set; }

        public byte[] Write()
        {
            var output = new ArrayBufferWriter<byte>();
            Codec.WriteNames(output);
            NamesLength = output.WrittenCount;
            Codec.Write(State, output);
            return output.WrittenSpan.ToArray();
        }

        public StateVerdict? Read(byte[] bytes)
        {
            ReadOnlySpan<byte> source = bytes;
            if (Codec.ReadNames(ref source) is not { } names)
            {
                return null;
            }

            var verdict = Codec.Read(ref source, names, Tally, out var state);
            Assert.Equal(verdict == StateVerdict.Restored, state is not null);
            State = state ?? State;
            return verdict;
        }

        public List<string> Step(StoryMessage? message, Instant now, AlarmCommand? command)
        {
            var seen = new List<string>();
            if (message is { Readings.Count: > 0 })
            {
                See(seen, Processor.Apply(State, new ReadingBatch(State.Handle, message.ReceivedAt, 3, 7, [.. message.Readings])));
            }
            else
            {
                See(seen, Processor.Tick(State, now));
            }

            if (command is not null)
            {
                See(seen, Processor.Command(State, command, out var result));
                seen.Add(result.ToString());
            }

            if (Processor.Snapshot(State) is { } snapshot)
            {
                seen.AddRange(snapshot.Values.Select(v => v.ToString()));
                seen.AddRange(snapshot.Alarms.Select(a => a.ToString()));
                seen.Add($"{snapshot.LastMeasuredAt} {snapshot.LastReceivedAt} {snapshot.ReadingCount}");
            }

            return seen;
        }

        private static void See(List<string> seen, AssetUpdate update)
        {
            seen.AddRange(update.Readings.ToArray().Select(r => r.ToString()));
            seen.AddRange(update.Windows.ToArray().Select(w => w.ToString()));
            seen.AddRange(update.Transitions.Select(t => t.ToString()));
            seen.AddRange(Enum.GetValues<ReadingOutcome>().Select(o => $"{o} {update.CountOf(o)}"));
            seen.Add($"{update.Message} {update.NextDeadline} {update.Route} {update.Position}");
        }
    }
}
