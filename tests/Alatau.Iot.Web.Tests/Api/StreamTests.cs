using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Testing;
using Alatau.Iot.Web.Tests.City;

namespace Alatau.Iot.Web.Tests.Api;

public sealed class StreamTests
{
    private static Instant Now => Instant.Now(TimeProvider.System);

    [Fact]
    public async Task Alarms_ResumedByLastEventId_GivesWhatWasMissedOnceAndInOrder()
    {
        await using var city = await TestCity.StartAsync();
        string? last;
        using (var first = await EventReader.OpenAsync(city.Client, "/api/v1/alarms/stream"))
        {
            city.Runtime.Move("gate/meter-001", city.Rule("voltage-high"), AlarmState.Unacknowledged, Now, 254);
            var seen = await first.NextAsync();
            Assert.Equal("alarm", seen.Name);
            Assert.Equal("unacknowledged", seen.Data.GetProperty("state").GetString());
            last = seen.Id;
        }

        city.Runtime.Move("gate/meter-001", city.Rule("voltage-high"), AlarmState.Acknowledged, Now, by: "Aigerim");
        city.Runtime.Move("golden/school", city.Rule("co2-high"), AlarmState.Unacknowledged, Now, 1200);
        city.Runtime.Move("gate/meter-001", city.Rule("voltage-high"), AlarmState.Normal, Now, 250);
        using var second = await EventReader.OpenAsync(city.Client, "/api/v1/alarms/stream?site=gate", last);
        Assert.Equal("acknowledged", (await second.NextAsync()).Data.GetProperty("state").GetString());
        Assert.Equal("normal", (await second.NextAsync()).Data.GetProperty("state").GetString());
        city.Runtime.Move("gate/meter-002", city.Rule("voltage-high"), AlarmState.Unacknowledged, Now, 255);
        var live = await second.NextAsync();
        Assert.Equal("meter-002", live.Data.GetProperty("asset").GetString());
    }

    [Fact]
    public async Task Alarms_ResumedFromTooFarBack_SaysHowManyAreMissed()
    {
        await using var city = await TestCity.StartAsync(options: o => o.RecentTransitions = 16);
        string? last;
        using (var first = await EventReader.OpenAsync(city.Client, "/api/v1/alarms/stream"))
        {
            city.Runtime.Move("gate/meter-001", city.Rule("voltage-high"), AlarmState.Unacknowledged, Now, 254);
            last = (await first.NextAsync()).Id;
        }

        for (int i = 0; i < 20; i++)
        {
            city.Runtime.Move("gate/meter-002", city.Rule("voltage-high"), i % 2 == 0 ? AlarmState.Unacknowledged : AlarmState.Normal, Now, 254);
        }

        using var second = await EventReader.OpenAsync(city.Client, "/api/v1/alarms/stream", last);
        var missed = await second.NextAsync();
        Assert.Equal("missed", missed.Name);
        Assert.Equal(4, missed.Data.GetProperty("count").GetInt64());
        using var stranger = await EventReader.OpenAsync(city.Client, "/api/v1/alarms/stream", "123-1");
        Assert.Equal(-1, (await stranger.NextAsync()).Data.GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task Readings_Filtered_GivesOnlyThose()
    {
        await using var city = await TestCity.StartAsync();
        using var stream = await EventReader.OpenAsync(city.Client, "/api/v1/readings/stream?asset=gate/meter-001&measurand=activePower");
        await Eventually.TrueAsync(() => city.Feed.Listeners == 1);
        city.Runtime.Measure("gate/meter-002", Now, ("activePower", 1, Quality.Good));
        city.Runtime.Measure("gate/meter-001", Now, ("voltage.l1", 230, Quality.Good), ("activePower", 2, Quality.Estimated));
        var reading = (await stream.NextAsync()).Data;
        Assert.Equal(("meter-001", "activePower", 2.0, "W", "estimated"), (
            reading.GetProperty("asset").GetString(), reading.GetProperty("measurand").GetString(), reading.GetProperty("value").GetDouble(), reading.GetProperty("unit").GetString(), reading.GetProperty("quality").GetString()));
    }

    [Fact]
    public async Task Readings_ListenerThatDoesNotRead_LosesTheOldestAndBlocksNobody()
    {
        await using var city = await TestCity.StartAsync(options: o => o.StreamQueue = 8);
        using var stream = await EventReader.OpenAsync(city.Client, "/api/v1/readings/stream");
        await Eventually.TrueAsync(() => city.Feed.Listeners == 1);

        // Far more than sockets and buffers between the two hold.
        for (int i = 0; i < 200_000; i++)
        {
            city.Runtime.Measure("gate/meter-001", Now, ("activePower", i, Quality.Good));
        }

        // However the two threads meet: each reading comes, or is counted where it is missing.
        long dropped = 0;
        long expected = 0;
        while (expected < 200_000)
        {
            var next = await stream.NextAsync();
            if (next.Name == "dropped")
            {
                long gap = next.Data.GetProperty("count").GetInt64();
                (dropped, expected) = (dropped + gap, expected + gap);
            }
            else
            {
                Assert.Equal(expected++, next.Data.GetProperty("value").GetDouble());
            }
        }

        Assert.True(dropped > 0);
    }

    [Fact]
    public async Task Streams_PastTheLimit_AreRefusedAndFreedWhenListenersLeave()
    {
        await using var city = await TestCity.StartAsync(options: o => o.MaximumStreams = 1);
        using (await EventReader.OpenAsync(city.Client, "/api/v1/alarms/stream"))
        {
            using var refused = await city.Client.GetAsync("/api/v1/alarms/stream");
            Assert.Equal(503, (int)refused.StatusCode);
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        }

        await Eventually.TrueAsync(() => city.Gate.Open == 0);
        using var again = await EventReader.OpenAsync(city.Client, "/api/v1/alarms/stream");
    }

    [Fact]
    public async Task Alarms_Silent_SendsHeartbeats()
    {
        var time = new ManualTime();
        await using var city = await TestCity.StartAsync(time);
        using var stream = await EventReader.OpenAsync(city.Client, "/api/v1/alarms/stream");
        for (int beat = 0; beat < 2; beat++)
        {
            var next = stream.NextAsync(comments: true);
            await Eventually.TrueAsync(time, TimeSpan.FromSeconds(15), () => next.IsCompleted);
            Assert.Equal(": alive", (await next).Name);
        }
    }
}
