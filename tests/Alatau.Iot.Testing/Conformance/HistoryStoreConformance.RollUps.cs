using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;
using Xunit;

namespace Alatau.Iot.Testing.Conformance;

/// <content>Branches of the topology, beside the windows they are made of.</content>
public abstract partial class HistoryStoreConformance
{
    private IRollUpStore RollUps => (IRollUpStore)Store;

    [Fact]
    public async Task WriteRollUpsAsync_EveryField_IsReadBack()
    {
        var power = Sum(0) with { Minimum = -3.5, Maximum = 1e9, Quality = Quality.Uncertain };
        var voltage = Sum(0) with { Sum = double.NaN, Completeness = double.NaN };
        var energy = Sum(0) with { Minimum = double.NaN, Maximum = double.NaN };
        await RollUps.WriteRollUpsAsync([Row("gate/feeder 1", "activePower", 0, power), Row("gate/feeder 1", "voltage", 0, voltage), Row("alatau", "energyImport", 0, energy)], Token);

        Assert.Equal(new RollUpPoint(Start, power), Assert.Single((await ReadRollUpsAsync("gate/feeder 1", "activePower")).Points));
        Assert.Equal(new RollUpPoint(Start, voltage), Assert.Single((await ReadRollUpsAsync("gate/feeder 1", "voltage")).Points));
        Assert.Equal(new RollUpPoint(Start, energy), Assert.Single((await ReadRollUpsAsync("alatau", "energyImport")).Points));
        Assert.Empty((await ReadRollUpsAsync("alatau", "activePower")).Points);
        Assert.Empty((await ReadRollUpsAsync("alatau", "energyImport", members: NodeKind.Solar)).Points);
    }

    [Fact]
    public async Task WriteRollUpsAsync_HigherRevision_ReplacesTheLower()
    {
        await RollUps.WriteRollUpsAsync([Row("gate", "activePower", 0, Sum(10))], Token);
        await RollUps.WriteRollUpsAsync([Row("gate", "activePower", 0, Sum(12)), Row("gate", "activePower", 1, Sum(0))], Token);
        await RollUps.WriteRollUpsAsync([Row("gate", "activePower", 0, Sum(12))], Token);
        await ReopenAsync();

        Assert.Equal([Sum(12), Sum(0)], (await ReadRollUpsAsync("gate", "activePower")).Points.Select(p => p.Summary));
    }

    [Fact]
    public async Task ReadRollUpsAsync_Limit_PagesWithoutGapOrOverlap()
    {
        await RollUps.WriteRollUpsAsync([.. Enumerable.Range(0, 25).Select(i => Row("gate", "activePower", i, Sum(i)))], Token);
        var revisions = new List<int>();
        for (Instant? from = Start + TimeSpan.FromMinutes(2); from is { } at;)
        {
            var page = await RollUps.ReadRollUpsAsync(new RollUpQuery("gate", NodeKind.Meter, Measurands.Id("activePower"), WindowSpan.OneMinute, at, Start + TimeSpan.FromMinutes(20), 7), Token);
            revisions.AddRange(page.Points.Select(p => p.Summary.Revision));
            from = page.Next;
        }

        Assert.Equal(Enumerable.Range(2, 18), revisions);
    }

    [Fact]
    public async Task ReadWindowsAsync_OfAllAssets_AreThoseOfTheSpanWithTheirLatestRevision()
    {
        var expected = new HashSet<(AssetId, Instant, WindowSummary)>();
        for (int asset = 0; asset < 5; asset++)
        {
            for (int minute = 0; minute < 120; minute++)
            {
                var at = Start + TimeSpan.FromMinutes(minute);
                var summary = new WindowSummary(6, asset, asset + 2.5, asset + 1, asset, minute, 1, 0, Quality.Good);
                AddWindow("gate", $"meter-{asset}", "activePower", WindowSpan.OneMinute, at, summary);
                AddWindow("gate", $"meter-{asset}", "voltage", WindowSpan.OneMinute, at, summary);
                if (minute % 7 == 0)
                {
                    summary = summary with { Count = 7, Revision = 1 };
                    AddWindow("gate", $"meter-{asset}", "activePower", WindowSpan.OneMinute, at, summary);
                }

                if (minute is >= 30 and < 110)
                {
                    expected.Add((AssetId.Of("gate", $"meter-{asset}"), at, summary));
                }
            }

            AddWindow("gate", $"meter-{asset}", "activePower", WindowSpan.OneHour, Start, new WindowSummary(6, 0, 1, 0.5, 0, 0, 1, 0, Quality.Good));
        }

        await WriteAsync();
        var read = new List<(AssetId, Instant, WindowSummary)>();
        await RollUps.ReadWindowsAsync(Measurands.Id("activePower"), WindowSpan.OneMinute, Start + TimeSpan.FromMinutes(30), Start + TimeSpan.FromMinutes(110), (asset, at, summary) => read.Add((asset, at, summary)), Token);

        Assert.Equal(expected.Count, read.Count);
        Assert.Equal(expected, read.ToHashSet());
    }

    [Fact]
    public async Task EnforceRetentionAsync_RollUps_GoWithTheWindowsOfTheirSpan()
    {
        var quarter = Row("gate", "activePower", 0, Sum(0)) with { Window = new Window(WindowSpan.QuarterHour, Start) };
        await RollUps.WriteRollUpsAsync([Row("gate", "activePower", 0, Sum(0)), Row("gate", "activePower", 100 * 24 * 60, Sum(1)), quarter], Token);
        await Store.EnforceRetentionAsync(Start + TimeSpan.FromDays(100), Token);

        Assert.Equal(Deletes ? [1] : [0, 1], (await ReadRollUpsAsync("gate", "activePower")).Points.Select(p => p.Summary.Revision));
        Assert.Single((await ReadRollUpsAsync("gate", "activePower", WindowSpan.QuarterHour)).Points);
    }

    private static RollUpSummary Sum(int revision) => new(1234.5, 123.45, 1, 200, 10, 12, 3, 600, 0.75, revision, Quality.Good);

    private RollUpRow Row(string node, string measurand, int minute, RollUpSummary summary) =>
        new(node, NodeKind.Feeder, NodeKind.Meter, Measurands.Id(measurand), new Window(WindowSpan.OneMinute, Start + TimeSpan.FromMinutes(minute)), summary);

    private ValueTask<RollUpPage> ReadRollUpsAsync(string node, string measurand, WindowSpan span = WindowSpan.OneMinute, NodeKind members = NodeKind.Meter) =>
        RollUps.ReadRollUpsAsync(new RollUpQuery(node, members, Measurands.Id(measurand), span, new Instant(0), new Instant(4_000_000_000_000), 1000), Token);
}
