using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Tests.Live;

public sealed class EventQueueTests
{
    [Fact]
    public void TryRead_OldestGone_SaysAtTheGapHowManyEventsItHeld()
    {
        using var queue = new EventQueue<int[]>(2, chunk => chunk.Length, _ => { });
        queue.Write([0, 1, 2]);
        queue.Write([3]);
        Assert.Equal((3, 0), Next(queue));
        queue.Write([4, 5]);
        queue.Write([6, 7, 8, 9]);
        queue.Write([10]);
        Assert.Equal((4, 3), Next(queue));
        Assert.Equal((1, 0), Next(queue));
        Assert.False(queue.TryRead(out _, out long none));
        Assert.Equal(0, none);
        queue.Write([11]);
        Assert.Equal((1, 0), Next(queue));
    }

    /// <summary>Chance decides who is ahead; that nothing goes uncounted and every gap stands in its place must hold whoever is.</summary>
    [Fact]
    public async Task TryRead_BesideAWriter_EveryEventComesOrIsInTheGapWhereItIsMissing()
    {
        const int events = 300_000;
        using var queue = new EventQueue<int>(4, _ => 1, _ => { });
        var writer = Task.Run(() =>
        {
            for (int i = 0; i < events; i++)
            {
                queue.Write(i);
            }
        });

        long expected = 0;
        while (expected < events)
        {
            Assert.True(await queue.WaitToReadAsync(TestContext.Current.CancellationToken));
            while (queue.TryRead(out int item, out long dropped))
            {
                Assert.Equal(expected + dropped, item);
                expected = item + 1;
            }
        }

        await writer;
        Assert.Equal(events, expected);
    }

    [Fact]
    public async Task Dispose_ByTheListener_ClosesOnceAndTakesNothingMore()
    {
        int closed = 0;
        var queue = new EventQueue<int>(4, _ => 1, _ => closed++);
        queue.Dispose();
        queue.Dispose();
        queue.Write(1);
        Assert.Equal(1, closed);
        Assert.False(await queue.WaitToReadAsync(TestContext.Current.CancellationToken));
    }

    private static (int Length, long Dropped) Next(EventQueue<int[]> queue)
    {
        Assert.True(queue.TryRead(out int[] chunk, out long dropped));
        return (chunk.Length, dropped);
    }
}
