using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Assets;
using FsCheck;
using FsCheck.Fluent;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Storage.Tests.Corrections;

/// <summary>Laws of corrections, over lives that FsCheck makes up; a failure prints the seed.</summary>
public sealed class CorrectionProperties
{
    private static readonly string[] s_measurands = ["activePower", "energyImport"];

    private static Config Check => Config.QuickThrowOnFailure.WithMaxTest(60).WithQuietOnSuccess(true);

#pragma warning disable VSTHRD002 // A property is a synchronous function; no context of ours could deadlock.
    [Fact]
    public void Windows_AnyOrderOfArrivalWithinTheLimit_AreThoseOfTheOrderOfMeasurement() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed => RunAsync(seed, isClosed: true).GetAwaiter().GetResult()).Check(Check);

    [Fact]
    public void Windows_DeviceNeverComesBack_AreThoseOfTheOrderOfMeasurement() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed => RunAsync(seed, isClosed: false).GetAwaiter().GetResult()).Check(Check);

    [Fact]
    public void Deltas_RegisterThatOnlyRises_SumToItsDifferenceInAnyOrder() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed => SumAsync(seed).GetAwaiter().GetResult()).Check(Check);
#pragma warning restore VSTHRD002

    private static async Task RunAsync(int seed, bool isClosed)
    {
        var random = new Random(seed);
        var asset = new Asset(AssetId.Of("green", "m"), "m", AssetKind.Meter) { ReportingInterval = TimeSpan.FromSeconds(60), RatedPowerWatts = random.Next(2) == 0 ? 5000 : null };
        var life = Life(random, withFalls: true);
        var end = life[^1][0].MeasuredAt + TimeSpan.FromHours(2);
        using var folder = new TempFolder();
        await using var inOrder = new CorrectedWorld(Path.Combine(folder.Path, "a"), asset);
        foreach (var message in life)
        {
            inOrder.Post(message[0].MeasuredAt, message);
        }

        await using var shuffled = new CorrectedWorld(Path.Combine(folder.Path, "b"), asset);
        foreach (var message in Delayed(life, random))
        {
            shuffled.Post(life[^1][0].MeasuredAt, random.Next(3) == 0 ? [.. message.Reverse()] : message);
            if (random.Next(20) == 0)
            {
                await shuffled.Loop.RunOnceAsync(CancellationToken.None);
            }
        }

        foreach (var world in (CorrectedWorld[])[inOrder, shuffled])
        {
            if (isClosed)
            {
                world.Post(end, Of((end - Start).TotalSeconds, "activePower", 0), Of((end - Start).TotalSeconds, "energyImport", 1e7));
            }

            world.Tick(end + TimeSpan.FromHours(2));
            await world.SettleAsync(CancellationToken.None);
        }

        AssertSame(inOrder, shuffled);
        foreach (var window in shuffled.Store.Written.GroupBy(w => (w.Update.Measurand, w.Update.Window)))
        {
            Assert.Equal(window.Select(w => w.Update.Summary.Revision).Distinct().Order(), window.Select(w => w.Update.Summary.Revision).Distinct());
        }
    }

    private static async Task SumAsync(int seed)
    {
        var random = new Random(seed);
        var life = Life(random, withFalls: false);
        using var folder = new TempFolder();
        await using var world = new CorrectedWorld(folder.Path);
        foreach (var message in Delayed(life, random))
        {
            world.Post(life[^1][0].MeasuredAt, message);
        }

        world.Tick(life[^1][0].MeasuredAt + TimeSpan.FromHours(3));
        await world.SettleAsync(CancellationToken.None);

        var registers = life.SelectMany(m => m).Where(r => r.Measurand == Catalog.Id("energyImport")).ToList();
        foreach (var span in WindowSpans.All.ToArray())
        {
            Assert.Equal(registers[^1].Value - registers[0].Value, world.Windows("energyImport", span).Sum(w => w.Summary.Delta), 1e-6);
        }
    }

    /// <summary>Messages of a meter over some hours, in the order of measurement, with gaps; the register may fall and come back.</summary>
    private static List<Reading[]> Life(Random random, bool withFalls)
    {
        var life = new List<Reading[]>();
        double register = random.Next(100_000);
        double offset = 0;
        double at = random.Next(7200);
        for (int i = random.Next(2, 150); i > 0; i--)
        {
            at += random.Next(12) == 0 ? random.Next(3600) : random.Next(1, 120);
            register += random.Next(60);
            if (withFalls && random.Next(25) == 0)
            {
                offset = offset == 0 || random.Next(3) == 0 ? register - random.Next(5) : 0;
            }

            double instant = at + (random.Next(1000) / 1000.0);
            life.Add([Of(instant, "activePower", random.Next(-3000, 5000), quality: random.Next(15) == 0 ? Quality.Uncertain : Quality.Good), Of(instant, "energyImport", Math.Max(0, register - offset))]);
        }

        return life;
    }

    /// <summary>The same messages in another order of arrival: backlogs, stragglers, or chaos.</summary>
    private static List<Reading[]> Delayed(List<Reading[]> life, Random random)
    {
        int kind = random.Next(3);
        int from = random.Next(life.Count);
        int to = random.Next(from, life.Count);
        return [.. life.Select((message, i) => (message, key: kind switch
        {
            0 => i >= from && i < to ? life.Count + i : i,
            1 => random.Next(6) == 0 ? i + random.Next(40) : i,
            _ => random.Next(life.Count),
        })).OrderBy(m => m.key).Select(m => m.message)];
    }

    private static void AssertSame(CorrectedWorld expected, CorrectedWorld actual)
    {
        foreach (string measurand in s_measurands)
        {
            foreach (var span in WindowSpans.All.ToArray())
            {
                var (must, has) = (expected.Windows(measurand, span), actual.Windows(measurand, span));
                Assert.Equal(must.Select(w => w.Window), has.Select(w => w.Window));
                foreach (var (m, h) in must.Zip(has))
                {
                    string where = $"{measurand} {span} {m.Window.Start}: must be {m.Summary}, is {h.Summary}";
                    Assert.True(m.Summary with { Mean = 0, Delta = 0, Revision = 0, Completeness = 0 } == h.Summary with { Mean = 0, Delta = 0, Revision = 0, Completeness = 0 }, where);
                    Assert.True(Math.Abs(m.Summary.Mean - h.Summary.Mean) < 1e-6 && Math.Abs(m.Summary.Delta - h.Summary.Delta) < 1e-6 && m.Summary.Completeness == h.Summary.Completeness, where);
                }
            }
        }
    }
}
