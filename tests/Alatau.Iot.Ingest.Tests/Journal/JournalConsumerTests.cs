using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Ingest.Tests.Journal;

public sealed class JournalConsumerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Release_ByEveryConsumer_DeletesWhatAllHavePassedAndNothingElse()
    {
        var options = JournalUnderTest.Options(_folder.Path, 16 << 10);
        await using var journal = JournalUnderTest.Open(options);
        journal.OpenConsumer("runtime");
        journal.OpenConsumer("history");
        await AppendAsync(journal, 400);
        string[] files = JournalUnderTest.SegmentFiles(_folder.Path);
        Assert.True(files.Length >= 4);
        long third = FirstOf(files[2]);

        journal.Release("runtime", 400);
        journal.Release("history", third - 1);
        await JournalUnderTest.Until(() => JournalUnderTest.SegmentFiles(_folder.Path).Length == files.Length - 2, "two deleted segments");
        Assert.Equal(third, journal.State.FirstPosition);
        Assert.Equal(Enumerable.Range((int)third, 400 - (int)third + 1).Select(i => (long)i), journal.ReadAll().Select(kept => kept.Position));

        journal.Release("history", 400);
        await JournalUnderTest.Until(() => JournalUnderTest.SegmentFiles(_folder.Path).Length == 1, "only the newest left");
        Assert.Equal(401, await journal.AppendNumberedAsync(401));
    }

    [Fact]
    public async Task Release_KeepReleased_SegmentsStayReadableUntilTheirTimeIsOver()
    {
        var options = JournalUnderTest.Options(_folder.Path, 16 << 10);
        options.KeepReleased = TimeSpan.FromDays(7);
        var time = new ManualTime();
        int count;
        await using (var journal = JournalUnderTest.Open(options, time: time))
        {
            journal.OpenConsumer("runtime");
            await AppendAsync(journal, 400);
            time.Advance(TimeSpan.FromDays(3));
            await AppendAsync(journal, 400);
            journal.Release("runtime", 800);
            count = JournalUnderTest.SegmentFiles(_folder.Path).Length;
        }

        // Closing had a last turn, and a start has one, too.
        await using var again = JournalUnderTest.Open(options, time: time);
        time.Advance(TimeSpan.FromDays(3.9));
        Assert.Equal(1, again.State.FirstPosition);
        Assert.Equal(800, again.ReadAll().Count);
        Assert.Equal(count, JournalUnderTest.SegmentFiles(_folder.Path).Length);

        time.Advance(TimeSpan.FromDays(0.2));
        await JournalUnderTest.Until(() => again.State.FirstPosition > 1, "the first days to go");
        await JournalUnderTest.Until(() => JournalUnderTest.SegmentFiles(_folder.Path).Length == again.State.Segments, "the files to go");
        Assert.InRange(again.State.FirstPosition, 2, 401);
        time.Advance(TimeSpan.FromDays(3));
        await JournalUnderTest.Until(() => again.State.Segments == 1, "only the newest left");
    }

    [Fact]
    public async Task Release_KeepReleased_WhatIsKeptMakesRoomAndNoWarning()
    {
        var options = JournalUnderTest.Options(_folder.Path, 16 << 10);
        options.KeepReleased = TimeSpan.FromDays(3000);
        options.MaximumBytes = 8 * options.SegmentBytes;
        await using var journal = JournalUnderTest.Open(options);
        journal.OpenConsumer("runtime");
        for (int round = 0; round < 12; round++)
        {
            await AppendAsync(journal, 100);
            journal.Release("runtime", journal.CommittedPosition);
            Assert.Null(journal.Problem);
            await JournalUnderTest.Until(() => journal.State.Warning is null, "room again");
            Assert.True(journal.State.Bytes <= options.MaximumBytes);
        }

        Assert.Equal(0, journal.State.Failures);
        Assert.InRange(journal.State.Segments, 3, 8);
        Assert.True(journal.State.FirstPosition > 1);
    }

    [Fact]
    public async Task OpenConsumer_AfterReopening_RemembersItsPosition()
    {
        var options = JournalUnderTest.Options(_folder.Path);
        await using (var journal = JournalUnderTest.Open(options))
        {
            Assert.Equal(0, journal.OpenConsumer("runtime"));
            await AppendAsync(journal, 20);
            journal.Release("runtime", 12);
            journal.Release("runtime", 7);
        }

        await using (var journal = JournalUnderTest.Open(options))
        {
            Assert.Equal(12, journal.OpenConsumer("runtime"));
            Assert.Equal(12, journal.State.Consumers["runtime"]);
            Assert.True(journal.RemoveConsumer("runtime"));
        }

        await using var last = JournalUnderTest.Open(options);
        Assert.Equal(0, last.OpenConsumer("runtime"));
    }

    [Fact]
    public async Task OpenConsumer_New_HoldsSegmentsFromThenOn()
    {
        await using var journal = JournalUnderTest.Open(JournalUnderTest.Options(_folder.Path, 16 << 10));
        journal.OpenConsumer("runtime");
        journal.OpenConsumer("replay");
        await AppendAsync(journal, 400);
        int segments = journal.State.Segments;
        journal.Release("runtime", 400);
        Assert.Equal(segments, journal.State.Segments);

        journal.RemoveConsumer("replay");
        journal.Release("runtime", 400);
        await JournalUnderTest.Until(() => journal.State.Segments == 1, "the removed consumer holds nothing");
    }

    [Fact]
    public async Task Open_JournalShorterThanACursor_GoesOnBehindIt()
    {
        var options = JournalUnderTest.Options(_folder.Path);
        await using (var journal = JournalUnderTest.Open(options))
        {
            journal.OpenConsumer("runtime");
            await AppendAsync(journal, 20);
            journal.Release("runtime", 20);
        }

        string path = Assert.Single(JournalUnderTest.SegmentFiles(_folder.Path));
        byte[] bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, bytes[..(bytes.Length / 2)]);
        await using (var journal = JournalUnderTest.Open(options))
        {
            Assert.Equal(20, journal.CommittedPosition);
            await journal.CommitAsync(await journal.AppendNumberedAsync(21));
            Assert.Equal(21, journal.ReadAll()[^1].Position);
        }

        await using var reopened = JournalUnderTest.Open(options);
        Assert.Equal(21, reopened.ReadAll()[^1].Position);
        Assert.Equal(0, reopened.State.DamagedRegions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\":1,\"end\":5")]
    [InlineData("{\"version\":1,\"end\":\"x\",\"consumers\":[]}")]
    [InlineData("null")]
    public async Task Open_CursorsUnreadable_KeepsTheFileAndBeginsWithTheOldest(string content)
    {
        var options = JournalUnderTest.Options(_folder.Path);
        await using (var journal = JournalUnderTest.Open(options))
        {
            journal.OpenConsumer("runtime");
            await AppendAsync(journal, 5);
            journal.Release("runtime", 5);
        }

        string path = Path.Combine(_folder.Path, ConsumerCursors.FileName);
        await File.WriteAllTextAsync(path, content);
        await using var reopened = JournalUnderTest.Open(options);
        Assert.Equal(0, reopened.OpenConsumer("runtime"));
        Assert.Equal(content, await File.ReadAllTextAsync(path + ".damaged"));
        Assert.Equal(6, await reopened.AppendNumberedAsync(6));
    }

    private static async Task AppendAsync(MessageJournal journal, int records)
    {
        for (int i = 1; i <= records; i++)
        {
            long position = await journal.AppendNumberedAsync(i, 100);
            if (i % 20 == 0 || i == records)
            {
                await journal.CommitAsync(position);
            }
        }
    }

    private static long FirstOf(string path) => long.Parse(Path.GetFileNameWithoutExtension(path), System.Globalization.CultureInfo.InvariantCulture);
}
