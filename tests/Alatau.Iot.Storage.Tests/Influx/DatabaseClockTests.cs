using System.Globalization;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Storage.Tests.Influx;

/// <summary>How far the database's clock is away is read from the real one's answers, said once, and withdrawn when it is over.</summary>
public sealed class DatabaseClockTests(InfluxFixture influx)
{
    private readonly HeardLog<DatabaseClock> _log = new();

    [Theory]
    [InlineData(3600, "behind")]
    [InlineData(-3600, "ahead of")]
    [InlineData(90, "behind")]
    public async Task Answers_OfADatabaseWithAnotherClock_AreSaidOnceWithTheCure(int oursAheadSeconds, string words)
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow().AddSeconds(oursAheadSeconds));
        var options = new InfluxOptions { Url = influx.Database.Uri };
        var clock = new DatabaseClock(options, time, _log);
        using var connection = new InfluxConnection(options, clock);
        await connection.DetectAsync(TestContext.Current.CancellationToken);
        await connection.QueryAsync(null, "SHOW DATABASES", TestContext.Current.CancellationToken);

        Assert.InRange(clock.Ahead.TotalSeconds, -oursAheadSeconds - 1, -oursAheadSeconds + 60);
        string line = Assert.Single(_log.Lines);
        Assert.Contains($"s {words} this one's", line, StringComparison.Ordinal);
        Assert.Contains("Cure: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
        Assert.Contains($"s {words} this one's", clock.Warning!, StringComparison.Ordinal);
        Assert.Null(await clock.CheckAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("12:00:00.000", "12:00:00", "12:00:00.100", 0)]
    [InlineData("12:00:00.990", "12:00:01", "12:00:01.010", 0)]
    [InlineData("12:00:00.000", "12:00:00", "12:00:40.000", 0)]
    [InlineData("12:00:00.000", "12:00:35", "12:00:40.000", 0)]
    [InlineData("12:00:00.000", "12:00:45", "12:00:40.000", 5)]
    [InlineData("12:00:00.000", "11:59:50", "12:00:00.100", -9)]
    public void Ahead_SlowAnswersAndWholeSeconds_IsTheLeastThatExplainsThem(string asked, string said, string answered, double aheadSeconds)
    {
        var time = new ManualTime(At(asked));
        var clock = new DatabaseClock(new InfluxOptions(), time, _log);
        var question = clock.Ask();
        time.Advance(At(answered) - At(asked));
        question.Answered(At(said));

        Assert.Equal(aheadSeconds, clock.Ahead.TotalSeconds, 3);
        Assert.Null(clock.Warning);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Clocks_ApartAndTogetherAndApart_IsSaidEachTimeItBegins()
    {
        var time = new ManualTime(At("12:00:00"));
        var clock = new DatabaseClock(new InfluxOptions(), time, _log);
        foreach (string said in (string[])["13:00:00", "13:00:00", "12:00:00", "12:00:00", "11:00:00"])
        {
            clock.Ask().Answered(At(said));
        }

        clock.Ask().Answered(null);
        Assert.Equal(["3600 s ahead of", "3599 s behind"], _log.Lines.Select(line => line.Split(" is ")[1].Split(" this one's")[0]));
    }

    private static DateTimeOffset At(string clock) => DateTimeOffset.Parse("2026-11-22T" + clock + "Z", CultureInfo.InvariantCulture);
}
