using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Windows;
using Xunit;

namespace Alatau.Iot.Testing.Conformance;

/// <content>What the platform derives from readings: windows and alarm transitions.</content>
public abstract partial class HistoryStoreConformance
{
    [Fact]
    public async Task WriteAsync_WindowsOfEverySpan_AreReadBackWhole()
    {
        var summary = new WindowSummary(58, -3.5, 1e9, 0.1 + 0.2, 17, 4.25, 0.96f, 2, Quality.Uncertain);
        foreach (var span in WindowSpans.All)
        {
            AddWindow("gate", "meter-1", "activePower", span, Start, summary);
            AddWindow("gate", "meter-1", "activePower", span, Start + TimeSpan.FromMilliseconds(span.Milliseconds()), summary with { Completeness = float.NaN, Count = 0 });
        }

        await WriteAsync();
        foreach (var span in WindowSpans.All.ToArray())
        {
            var page = await ReadWindowsAsync("gate", "meter-1", "activePower", span);
            Assert.Equal(2, page.Points.Count);
            Assert.Equal(summary, page.Points[0].Summary);
            Assert.Equal((Start, Quality.Uncertain), (page.Points[0].At, page.Points[0].Quality));
            Assert.Equal(summary with { Completeness = float.NaN, Count = 0 }, page.Points[1].Summary);
        }
    }

    [Theory]
    [InlineData("activePower", 30.0)]
    [InlineData("energyImport", 50.0)]
    [InlineData("switch", 40.0)]
    public async Task ReadSeriesAsync_Window_ValueFitsItsKind(string measurand, double expected)
    {
        AddWindow("gate", "meter-1", measurand, WindowSpan.QuarterHour, Start, new WindowSummary(5, 10, 20, 30, 40, 50, 1, 0, Quality.Good));
        await WriteAsync();
        Assert.Equal(expected, Assert.Single((await ReadWindowsAsync("gate", "meter-1", measurand, WindowSpan.QuarterHour)).Points).Value);
    }

    [Fact]
    public async Task WriteAsync_HigherRevision_ReplacesAndLowerOrSameDoesNot()
    {
        foreach (var (revision, mean) in new (ushort, double)[] { (0, 1), (2, 3), (1, 2), (2, 99), (3, 4), (0, 1) })
        {
            AddWindow("gate", "meter-1", "activePower", WindowSpan.OneMinute, Start, Summary(mean) with { Revision = revision });
            await WriteAsync();
        }

        var point = Assert.Single((await ReadWindowsAsync("gate", "meter-1", "activePower", WindowSpan.OneMinute)).Points);
        Assert.Equal((4.0, (ushort)3), (point.Value, point.Summary!.Value.Revision));
    }

    [Fact]
    public async Task WriteAsync_RevisionsInOneBatch_EndsWithTheHighest()
    {
        foreach (ushort revision in new ushort[] { 0, 1, 3, 2 })
        {
            AddWindow("gate", "meter-1", "activePower", WindowSpan.OneMinute, Start, Summary(revision) with { Revision = revision });
        }

        await WriteAsync();
        Assert.Equal(3, Assert.Single((await ReadWindowsAsync("gate", "meter-1", "activePower", WindowSpan.OneMinute)).Points).Summary!.Value.Revision);
    }

    [Fact]
    public async Task ReadTransitionsAsync_All_AreWholeAndNewestFirst()
    {
        var texts = new[] { "plain", "comma, blank = equals", "quote \" and backslash \\", "line\nbreak\tand tab", "Напряжение ниже нормы 🔌", "" };
        var expected = new List<AlarmTransition>();
        for (int i = 0; i < texts.Length; i++)
        {
            expected.Add(AddTransition(i, text: texts[i], value: i % 2 == 0 ? i * 1.5 : null));
        }

        await WriteAsync();
        expected.Reverse();
        Assert.Equal(expected, await ReadTransitionsAsync());
    }

    [Fact]
    public async Task ReadTransitionsAsync_AssetSpanAndLimit_Narrow()
    {
        for (int i = 0; i < 30; i++)
        {
            AddTransition(i, asset: i % 2 == 0 ? "meter-1" : "meter-2");
        }

        await WriteAsync();
        var from = Start + TimeSpan.FromSeconds(4);
        var to = Start + TimeSpan.FromSeconds(20);
        var found = await Store.ReadTransitionsAsync(new TransitionQuery(AssetId.Of("gate", "meter-1"), from, to, 100), Token);
        Assert.Equal([18, 16, 14, 12, 10, 8, 6, 4], found.Select(t => (int)(t.At - Start).TotalSeconds));
        Assert.Equal(3, (await Store.ReadTransitionsAsync(new TransitionQuery(null, from, to, 3), Token)).Count);
        Assert.Equal(16, (await Store.ReadTransitionsAsync(new TransitionQuery(null, from, to, 100), Token)).Count);
    }

    [Fact]
    public async Task WriteAsync_TwoStepsAtOneInstant_AreBothKept()
    {
        AddTransition(0, from: AlarmState.Normal, to: AlarmState.Unacknowledged);
        AddTransition(0, from: AlarmState.Unacknowledged, to: AlarmState.Acknowledged);
        await WriteAsync();
        Assert.Equal([AlarmState.Unacknowledged, AlarmState.Acknowledged], (await ReadTransitionsAsync()).Select(t => t.To).Order());
    }
}
