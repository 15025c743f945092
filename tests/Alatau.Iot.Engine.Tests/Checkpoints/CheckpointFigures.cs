using System.Diagnostics;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine.Checkpoints;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Engine.Tests.Checkpoints;

/// <summary>How long a checkpoint of 100,000 assets takes, and the way back; run by hand with <c>-explicit only</c>, it prints and checks only its own sums.</summary>
public sealed class CheckpointFigures(ITestOutputHelper output)
{
    private const int Assets = 100_000;
    private const int Replayed = 1_000_000;
    private static readonly string[] s_measurands = ["activePower", "voltage.l1", "current.l1", "frequency", "energyImport", "energyExport"];

    [Fact(Explicit = true)]
    public async Task Checkpoint_HundredThousandAssets_Figures()
    {
        using var folder = new TempFolder();
        string file = folder.File("1.ckp");
        var start = Instant.From(ManualTime.DefaultStart);
        await using var engine = new EngineUnderTest(new ManualTime(), 2);
        engine.Engine.Start();
        var handles = new AssetHandle[Assets];
        for (int i = 0; i < Assets; i++)
        {
            Assert.True(engine.Directory.TryRegister(new Asset(AssetId.Of("green", $"meter-{i}"), "M", AssetKind.Unknown) { IsSelfRegistered = true }, out handles[i]));
        }

        var readings = new Reading[s_measurands.Length];
        long posted = 0;
        await PostAsync(engine.Engine, handles, 0, Assets);
        await PostAsync(engine.Engine, handles, 1, Assets);
        await engine.Engine.DrainAsync(CancellationToken.None);

        long at = Stopwatch.GetTimestamp();
        await engine.Engine.BeginCheckpoint(file, posted, EngineUnderTest.Routes);
        output.WriteLine($"first checkpoint, quiet: {Stopwatch.GetElapsedTime(at).TotalMilliseconds:F0} ms");
        at = Stopwatch.GetTimestamp();
        var quiet = await engine.Engine.BeginCheckpoint(file, posted, EngineUnderTest.Routes);
        output.WriteLine($"quiet: {Stopwatch.GetElapsedTime(at).TotalMilliseconds:F0} ms, {quiet.Bytes} bytes, {quiet.Bytes / (double)Assets:F0} an asset, longest slice {quiet.LongestPause.TotalMilliseconds:F3} ms");

        at = Stopwatch.GetTimestamp();
        await PostAsync(engine.Engine, handles, 2, Replayed / 2);
        double without = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
        at = Stopwatch.GetTimestamp();
        var call = engine.Engine.BeginCheckpoint(file, posted, EngineUnderTest.Routes);
        double barrier = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
        await PostAsync(engine.Engine, handles, 20, Replayed / 2);
        double with = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
        var busy = await call;
        output.WriteLine($"{Replayed / 2} messages without {without:F0} ms, during a checkpoint {with:F0} ms; BeginCheckpoint itself {barrier:F2} ms; it took {Stopwatch.GetElapsedTime(at).TotalMilliseconds:F0} ms at most, longest slice {busy.LongestPause.TotalMilliseconds:F3} ms");
        Assert.Equal(Assets, busy.Assets);

        await using var restored = new EngineUnderTest(new ManualTime(), 2);
        at = Stopwatch.GetTimestamp();
        var result = restored.Engine.Restore(file, (_, index) => index);
        double took = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
        Assert.Equal((RestoreVerdict.Restored, Assets), (result.Verdict, result.Assets));
        restored.Engine.Start();
        for (int i = 0; i < Assets; i++)
        {
            Assert.True(restored.Directory.TryFind(AssetId.Of("green", $"meter-{i}"), out handles[i]));
        }

        at = Stopwatch.GetTimestamp();
        await PostAsync(restored.Engine, handles, 40, Replayed);
        await restored.Engine.GoLiveAsync(CancellationToken.None);
        output.WriteLine($"restore {took:F0} ms, replay of {Replayed} decoded messages and going live {Stopwatch.GetElapsedTime(at).TotalMilliseconds:F0} ms");
        Assert.Equal(result.Position + Replayed, restored.Engine.Totals.Sum(t => t.Stored));

        async Task PostAsync(AssetEngine target, AssetHandle[] to, int second, int count)
        {
            for (int i = 0; i < count; i++)
            {
                var time = new Instant(start.UnixMilliseconds + ((second + (i / Assets)) * 1000));
                for (int r = 0; r < readings.Length; r++)
                {
                    readings[r] = new Reading(time, 100 + r + second, 0, EngineUnderTest.Catalog.Id(s_measurands[r]), Quality.Good, ReadingOrigin.None);
                }

                while (!target.TryPost(new ReadingBatch(to[i % Assets], time, 0, ++posted, readings)))
                {
                    posted--;
                    await target.WaitForRoomAsync(to[i % Assets], CancellationToken.None);
                }
            }

            await target.DrainAsync(CancellationToken.None);
        }
    }
}
