using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Testing.Assets;

/// <summary>One message of a story: what it holds and when it arrived, or only time that passes when it holds nothing.</summary>
public sealed record StoryMessage(Instant ReceivedAt, IReadOnlyList<Reading> Readings)
{
    public override string ToString() => $"{(ReceivedAt - AssetUnderTest.Start).TotalSeconds} s [{string.Join(", ", Readings.Select(r => $"{AssetUnderTest.Catalog[r.Measurand].Name}@{(r.MeasuredAt - AssetUnderTest.Start).TotalSeconds}={r.Value:R} #{r.Sequence} {r.Quality} {r.Origin}"))}]";
}

/// <summary>Generators of what devices do: regular reports, buffers sent late, repeats, reboots, nonsense.</summary>
public static class AssetStories
{
    private static readonly string[] s_measurands = ["activePower", "voltage", "voltage.l1", "energyImport", "energyProduced", "occupancy", "online"];

    /// <summary>A life of up to sixty messages over a few hours with everything that goes wrong in one.</summary>
    public static Gen<StoryMessage[]> Wild { get; } = Gen.Choose(0, int.MaxValue).Select(seed => Tell(new Random(seed)));

    /// <summary>Readings of one gauge and one register that only rises, at distinct instants of one minute, in order.</summary>
    public static Gen<Reading[]> OneMinute { get; } = Gen.Choose(0, int.MaxValue).Select(seed =>
    {
        var random = new Random(seed);
        double register = random.Next(1_000_000);
        var instants = Enumerable.Range(0, random.Next(1, 30)).Select(_ => random.Next(60_000) / 1000.0).Distinct().Order().ToList();
        return instants.SelectMany(at =>
        {
            register += random.NextDouble() * 10;
            return new[] { AssetUnderTest.Of(at, "activePower", Math.Round((random.NextDouble() - 0.5) * 1e4, 3)), AssetUnderTest.Of(at, "energyImport", register) };
        }).ToArray();
    });

    /// <summary>The same items in another order, by a seed.</summary>
    public static T[] Shuffle<T>(IEnumerable<T> items, int seed)
    {
        T[] all = [.. items];
        new Random(seed).Shuffle(all);
        return all;
    }

    private static StoryMessage[] Tell(Random random)
    {
        var story = new List<StoryMessage>();
        double now = 0;
        double register = random.Next(1_000_000);
        uint sequence = (uint)random.Next(0, 3);
        bool numbers = random.Next(2) == 0;
        for (int i = random.Next(1, 60); i > 0; i--)
        {
            now += random.Next(6) switch { 0 => 0, 1 => random.Next(1, 2000), _ => random.Next(1, 40) };
            switch (random.Next(12))
            {
                case 0:
                    story.Add(new StoryMessage(AssetUnderTest.At(now), []));
                    continue;
                case 1 when story.Any(m => m.Readings.Count > 0):
                    var again = story.Last(m => m.Readings.Count > 0);
                    story.Add(again with { ReceivedAt = AssetUnderTest.At(now) });
                    continue;
                case 2:
                    sequence = 0;
                    register = random.Next(100);
                    break;
            }

            sequence++;
            int objects = random.Next(8) == 0 ? random.Next(2, 12) : 1;
            var readings = new List<Reading>();
            for (int o = 0; o < objects; o++)
            {
                double at = now - (random.Next(5) == 0 ? random.Next(4000) : 0) + (random.Next(40) == 0 ? random.Next(1000) : 0);
                foreach (string measurand in s_measurands.Where(_ => random.Next(3) > 0))
                {
                    readings.Add(AssetUnderTest.Of(at, measurand, Value(random, measurand, ref register), numbers ? sequence : 0, QualityOf(random), OriginOf(random)));
                }
            }

            if (readings.Count > 0)
            {
                story.Add(new StoryMessage(AssetUnderTest.At(now), readings));
            }
        }

        return [.. story];
    }

    private static double Value(Random random, string measurand, ref double register)
    {
        if (random.Next(40) == 0)
        {
            return (double[])[double.NaN, double.PositiveInfinity, -1e300, 1e300, double.Epsilon, -0.0, 1e15] is var wild ? wild[random.Next(wild.Length)] : 0;
        }

        if (measurand.StartsWith("energy", StringComparison.Ordinal))
        {
            register += random.Next(50);
            return register;
        }

        return measurand switch
        {
            "online" or "occupancy" => random.Next(2),
            "activePower" => (random.NextDouble() - 0.5) * 10_000,
            _ => 248 + (random.NextDouble() * 8),
        };
    }

    private static Quality QualityOf(Random random) => random.Next(10) == 0 ? (Quality)random.Next(4) : Quality.Good;

    private static ReadingOrigin OriginOf(Random random) => random.Next(10) == 0 ? (ReadingOrigin)random.Next(8) : ReadingOrigin.None;
}
