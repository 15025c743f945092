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
