using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine.Checkpoints;
using Alatau.Iot.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Engine.Tests.Checkpoints;

/// <summary>An engine that dies and is restored ends as one that never died, for made-up traffic, any instant of the checkpoint, of the death, and any numbers of shards; a failure prints the seed.</summary>
public sealed class CheckpointProperties
{
    private static readonly string[] s_measurands = ["activePower", "voltage", "voltage.l1", "energyImport", "online"];
    private static readonly Instant s_start = Instant.From(ManualTime.DefaultStart);

#pragma warning disable VSTHRD002 // FsCheck's properties are synchronous; no synchronisation context exists.
    [Fact]
    public void Restore_CheckpointDuringTraffic_EndsAsIfNothingHadHappened() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed => PlayAsync(new Random(seed)).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithQuietOnSuccess(true));
#pragma warning restore VSTHRD002

    private static async Task PlayAsync(Random random)
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "1.ckp");
        var journal = Traffic(random);
        int cut = random.Next(journal.Count + 1);
        int death = random.Next(cut, journal.Count + 1);
        await using var unharmed = new EngineUnderTest(new ManualTime(), 2);
        unharmed.Engine.Start();
        var dying = new EngineUnderTest(new ManualTime(), random.Next(1, 5));
        dying.Engine.Start();

        Task<CheckpointResult>? checkpoint = null;
        for (int i = 0; i <= death; i++)
        {
            if (i == cut)
            {
                checkpoint = dying.Engine.BeginCheckpoint(file, i, EngineUnderTest.Routes);
            }

            if (i < death)
            {
                await PostAsync(unharmed, journal, i);
                await PostAsync(dying, journal, i);
            }
        }

        var taken = await checkpoint!;
        var diedAt = Instant.Now(dying.Time);
        await dying.DisposeAsync();

        await using var restored = new EngineUnderTest(new ManualTime(diedAt.ToDateTimeOffset()), random.Next(1, 5));
        var result = restored.Engine.Restore(file, (name, _) => (byte)Array.IndexOf(EngineUnderTest.Routes, name));
        Assert.Equal((RestoreVerdict.Restored, (long)cut, taken.Assets, 0, 0, 0), (result.Verdict, result.Position, result.Assets, result.AssetsGone, result.MeasurandsGone, result.AlarmsClosed));
        Assert.Equal(taken.Totals, result.Totals);
        Assert.Equal(new FileInfo(file).Length, taken.Bytes);
        Assert.Equal(journal.Take(cut).Count(m => m.Rule is null), result.Totals.Sum(t => t.Stored + t.Duplicate + t.Quarantined));
        restored.Engine.Start();
        foreach (var message in journal.Skip((int)result.Position).Take(death - (int)result.Position))
        {
            await restored.PostAsync(message);
        }

        await unharmed.Engine.DrainAsync(CancellationToken.None);
        Assert.Equal(EngineUnderTest.Transitions(_ => true, unharmed), EngineUnderTest.Transitions(_ => true, dying));
        await restored.Engine.GoLiveAsync(CancellationToken.None);
        Assert.Equal(await unharmed.SnapshotsAsync(_ => true), await restored.SnapshotsAsync(_ => true));
        Assert.Equal(unharmed.Engine.Totals, restored.Engine.Totals);
        Assert.Equal(EngineUnderTest.Transitions(_ => true, unharmed), EngineUnderTest.Transitions(_ => true, dying, restored));
        Assert.Equal(EngineUnderTest.Windows(unharmed), EngineUnderTest.Windows(dying, restored));

        // From here on silence counts from the restart; all else goes on as it would have.
        for (int i = death; i < journal.Count; i++)
        {
            await PostAsync(unharmed, journal, i);
            await PostAsync(restored, journal, i);
        }

        var end = Instant.Now(unharmed.Time) + TimeSpan.FromHours(2);
        await unharmed.AdvanceToAsync(end);
        await restored.AdvanceToAsync(end);
        Assert.Equal(await unharmed.SnapshotsAsync(NotSilence), await restored.SnapshotsAsync(NotSilence));
        Assert.Equal(unharmed.Engine.Totals, restored.Engine.Totals);
        Assert.Equal(EngineUnderTest.Transitions(NotSilence, unharmed), EngineUnderTest.Transitions(NotSilence, dying, restored));
        Assert.Equal(EngineUnderTest.Windows(unharmed), EngineUnderTest.Windows(dying, restored));
        Assert.True(EngineUnderTest.Windows(unharmed).Count > 0 && EngineUnderTest.Transitions(_ => true, unharmed).Length > 0, "Traffic without a window or an alarm proves nothing.");
    }

    private static bool NotSilence(string rule) => rule != "device-silent";

    /// <summary>Posts a message when its time has come; all of one instant go in a burst that the shards may still be working on.</summary>
    private static async Task PostAsync(EngineUnderTest engine, List<JournalMessage> journal, int index)
    {
        if (index == 0 || journal[index].ReceivedAt > journal[index - 1].ReceivedAt)
        {
            await engine.AdvanceToAsync(journal[index].ReceivedAt);
        }

        await engine.PostAsync(journal[index]);
    }

    private static List<JournalMessage> Traffic(Random random)
    {
        var journal = new List<JournalMessage>();
        double now = 0;
        double register = 1000;
        for (int burst = random.Next(8, 40); burst > 0; burst--)
        {
            now += random.Next(5) == 0 ? random.Next(60, 900) : random.Next(1, 40);
            for (int i = random.Next(1, 60); i > 0; i--)
            {
                string asset = random.Next(2) == 0 ? $"fleet-{random.Next(5)}" : $"self-{random.Next(12)}";
                if (journal.Count > 0 && random.Next(12) == 0)
                {
                    var again = journal[random.Next(journal.Count)];
                    journal.Add(again with { Position = journal.Count + 1, ReceivedAt = At(now) });
                    continue;
                }

                if (random.Next(8) == 0)
                {
                    string rule = EngineUnderTest.Rules[random.Next(2)].Name;
                    journal.Add(new JournalMessage(journal.Count + 1, At(now), 0, asset, []) { Rule = rule, Action = (AlarmAction)random.Next(3) });
                    continue;
                }

                double at = now - (random.Next(5) == 0 ? random.Next(2000) : random.NextDouble()) + (random.Next(30) == 0 ? 1000 : 0);
                var readings = s_measurands.Where(_ => random.Next(3) > 0).Select(m => new Reading(At(at), Value(m), 0, EngineUnderTest.Catalog.Id(m), Quality.Good, ReadingOrigin.None)).ToList();
                if (readings.Count > 0)
                {
                    journal.Add(new JournalMessage(journal.Count + 1, At(now), (byte)random.Next(3), asset, readings));
                }
            }
        }

        return journal;

        double Value(string measurand) => measurand switch
        {
            "energyImport" => register += random.Next(50),
            "online" => random.Next(2),
            "activePower" => random.Next(-5000, 5000),
            _ => 248 + (random.NextDouble() * 8),
        };
    }

    private static Instant At(double seconds) => new(s_start.UnixMilliseconds + (long)(seconds * 1000));
}
