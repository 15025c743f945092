using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Ingest.Tests.Journal;

public sealed class JournalRecoveryProperties
{
    private static readonly Config Several = Config.QuickThrowOnFailure.WithMaxTest(25);

    [Fact]
    public void Append_AnySequenceOverReopenings_IsReadBackInOrder() => Prop.ForAll<int>(async seed =>
    {
        using var folder = new TempFolder();
        var random = new Random(seed);
        var written = new List<Kept>();
        for (int opening = 0; opening < 3; opening++)
        {
            var options = JournalUnderTest.Options(folder.Path, 16 << random.Next(10, 15));
            options.ZeroAhead = random.Next(2) == 0;
            options.CommitInterval = TimeSpan.FromMilliseconds(random.Next(3));
            await using var journal = JournalUnderTest.Open(options, random.Next(3) == 0 ? new PortableDisk() : null);
            Assert.Equal(written.Count, journal.CommittedPosition);
            for (int i = random.Next(300); i > 0; i--)
            {
                written.Add(await journal.AppendRandomAsync(random, random.Next(10) == 0 ? 8000 : 200));
                if (random.Next(20) == 0)
                {
                    await journal.CommitAsync(written.Count);
                }
            }

            await journal.CommitAsync(written.Count);
            int from = random.Next(written.Count + 1);
            Assert.Equal(written[from..], journal.ReadAll(from + 1));
        }

        Assert.Equal(Enumerable.Range(1, written.Count).Select(i => (long)i), written.Select(kept => kept.Position));
    }).Check(Several);

    [Fact]
    public async Task Open_TailCutAtEveryByte_KeepsEveryWholeRecordAndCountsTheTornOne()
    {
        using var folder = new TempFolder();
        var random = new Random(20261122);
        var (path, written, ends) = await OneSegmentAsync(folder.File("whole"), random, 3);
        byte[] whole = await File.ReadAllBytesAsync(path);
        Assert.Equal(ends[^1], whole.Length);
        int start = ends[0];
        for (int cut = start; cut <= whole.Length; cut++)
        {
            var options = JournalUnderTest.Options(folder.File("cut" + cut));
            Directory.CreateDirectory(options.Folder);
            await File.WriteAllBytesAsync(Path.Combine(options.Folder, Path.GetFileName(path)), whole[..cut]);
            int survivors = ends.Count(end => end <= cut) - 1;
            bool torn = whole.AsSpan(ends[survivors], cut - ends[survivors]).IndexOfAnyExcept((byte)0) >= 0;
            if (cut % 16 > 0)
            {
                // Every byte by the recovery alone; every sixteenth by a journal that is opened, goes on and is opened again.
                var damage = new DamageAccount(NullLogger.Instance);
                var recovery = new Recovery(options.Folder, JournalDisks.Native, damage);
                recovery.Run();
                Assert.Equal(survivors, recovery.End);
                Assert.Equal(torn ? 1 : 0, damage.TornTails);
                Assert.Equal(torn ? cut - ends[survivors] : 0, damage.TornBytes);
                Assert.Equal(0, damage.Regions);
                continue;
            }

            await using (var journal = JournalUnderTest.Open(options))
            {
                Assert.Equal(written[..survivors], journal.ReadAll());
                Assert.Equal(torn ? 1 : 0, journal.State.TornTails);
                Assert.Equal(torn ? cut - ends[survivors] : 0, journal.State.TornBytes);
                Assert.Equal(0, journal.State.DamagedRegions);
                Assert.Equal(survivors + 1, await journal.AppendNumberedAsync(7));
            }

            await using var again = JournalUnderTest.Open(options);
            Assert.Equal(survivors + 1, again.ReadAll().Count);
            Assert.Equal(0, again.State.TornTails + again.State.DamagedRegions);
        }
    }

    [Fact]
    public void Open_TailOverwrittenWithNoiseOrZeros_KeepsEveryWholeRecord() => Prop.ForAll<int>(async seed =>
    {
        using var folder = new TempFolder();
        var random = new Random(seed);
        var (path, written, ends) = await OneSegmentAsync(folder.Path, random, random.Next(1, 40));
        byte[] bytes = await File.ReadAllBytesAsync(path);
        int cut = random.Next(ends[0], bytes.Length + 1);
        byte[] tail = new byte[random.Next(2) == 0 ? bytes.Length - cut : random.Next(70_000)];
        if (random.Next(3) > 0)
        {
            random.NextBytes(tail);
        }

        byte[] spoiled = [.. bytes[..cut], .. tail];
        await File.WriteAllBytesAsync(path, spoiled);
        int same = bytes.AsSpan().CommonPrefixLength(spoiled);
        int survivors = ends.Count(end => end <= same) - 1;
        await using var journal = JournalUnderTest.Open(JournalUnderTest.Options(folder.Path));
        Assert.Equal(written[..survivors], journal.ReadAll());
        Assert.Equal(0, journal.State.LostRecords);
    }).Check(Several);

    [Fact]
    public void Open_OneByteChangedAnywhere_LosesOnlyTheRecordItIsIn() => Prop.ForAll<int>(async seed =>
    {
        using var folder = new TempFolder();
        var random = new Random(seed);
        var options = JournalUnderTest.Options(folder.Path, 16 << 10);
        var written = new List<Kept>();
        await using (var journal = JournalUnderTest.Open(options))
        {
            for (int i = random.Next(20, 300); i > 0; i--)
            {
                written.Add(await journal.AppendRandomAsync(random, 400));
            }
        }

        string[] files = JournalUnderTest.SegmentFiles(folder.Path);
        string path = files[random.Next(files.Length)];
        byte[] bytes = await File.ReadAllBytesAsync(path);
        int at = random.Next(bytes.Length);
        bytes[at] ^= (byte)(1 << random.Next(8));
        await File.WriteAllBytesAsync(path, bytes);
        long hit = RecordAt(path, bytes, at, written);

        await using var reopened = JournalUnderTest.Open(options);
        Assert.Equal(written.Where(kept => kept.Position != hit), reopened.ReadAll());
        Assert.Equal(written.Where(kept => kept.Position != hit), reopened.ReadAll());
        bool isTail = hit == written.Count;
        Assert.Equal(hit > 0 && !isTail ? 1 : 0, reopened.State.LostRecords);
        Assert.Equal(hit > 0 && !isTail ? 1 : 0, reopened.State.DamagedRegions);
        Assert.Equal(isTail ? 1 : 0, reopened.State.TornTails);
    }).Check(Several);

    [Fact]
    public async Task Open_HeaderGone_SetsTheSegmentAsideAndReadsTheRest()
    {
        using var folder = new TempFolder();
        var options = JournalUnderTest.Options(folder.Path, 16 << 10);
        await using (var journal = JournalUnderTest.Open(options))
        {
            for (int i = 1; i <= 600; i++)
            {
                long position = await journal.AppendNumberedAsync(i, 100);
                if (i % 20 == 0)
                {
                    await journal.CommitAsync(position);
                }
            }
        }

        string[] files = JournalUnderTest.SegmentFiles(folder.Path);
        Assert.True(files.Length >= 3);
        byte[] bytes = await File.ReadAllBytesAsync(files[1]);
        bytes.AsSpan(0, SegmentHeader.Block).Clear();
        await File.WriteAllBytesAsync(files[1], bytes);
        long first = FirstOf(files[1]);
        long next = FirstOf(files[2]);

        await using var reopened = JournalUnderTest.Open(options);
        Assert.Equal(Enumerable.Range(1, 600).Select(i => (long)i).Where(i => i < first || i >= next), reopened.ReadAll().Select(kept => kept.Position));
        Assert.Equal(next - first, reopened.State.LostRecords);
        Assert.True(File.Exists(files[1] + ".damaged"));
        Assert.Equal(601, await reopened.AppendNumberedAsync(601));
    }

    [Fact]
    public async Task Open_NewestHeaderGone_GivesNoPositionOutAgain()
    {
        using var folder = new TempFolder();
        var options = JournalUnderTest.Options(folder.Path, 16 << 10);
        await using (var journal = JournalUnderTest.Open(options))
        {
            for (int i = 1; i <= 600; i++)
            {
                await journal.AppendNumberedAsync(i, 100);
            }
        }

        string newest = JournalUnderTest.SegmentFiles(folder.Path)[^1];
        byte[] bytes = await File.ReadAllBytesAsync(newest);
        bytes.AsSpan(0, SegmentHeader.Block).Fill(0xEE);
        await File.WriteAllBytesAsync(newest, bytes);

        await using var reopened = JournalUnderTest.Open(options);
        long position = await reopened.AppendNumberedAsync(601);
        Assert.True(position > 600);
        await reopened.CommitAsync(position);
        Assert.Equal([.. Enumerable.Range(1, (int)FirstOf(newest) - 1).Select(i => (long)i), position], reopened.ReadAll().Select(kept => kept.Position));
        Assert.Equal(1, reopened.State.DamagedRegions);
    }

    [Fact]
    public async Task Reader_PayloadThatLooksLikeARecord_IsNotTakenForOneBehindDamage()
    {
        using var folder = new TempFolder();
        var options = JournalUnderTest.Options(folder.Path);
        await using (var journal = JournalUnderTest.Open(options))
        {
            // The payload begins 32 bytes behind a multiple of 8, so this copy lies where the search looks.
            Forge(journal);
            await journal.AppendNumberedAsync(2);
        }

        static void Forge(MessageJournal journal)
        {
            var inner = JournalUnderTest.Numbered(99);
            byte[] forged = new byte[RecordFormat.SizeOf(inner)];
            RecordFormat.Write(forged, inner, 1, seed: 0);
            Assert.True(journal.TryAppend(new JournalRecord { Payload = forged }, out _));
        }

        string path = Assert.Single(JournalUnderTest.SegmentFiles(folder.Path));
        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[SegmentHeader.Block + 4] ^= 0xFF;
        await File.WriteAllBytesAsync(path, bytes);

        await using var reopened = JournalUnderTest.Open(options);
        Assert.Equal(2, Assert.Single(reopened.ReadAll()).Position);
        Assert.Equal(1, reopened.State.LostRecords);
    }

    private static long FirstOf(string path) => long.Parse(Path.GetFileNameWithoutExtension(path), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Position of the record the offset lies in, by the sizes of what was written; 0 when it lies before them.</summary>
    private static long RecordAt(string path, byte[] bytes, int offset, List<Kept> written)
    {
        Assert.True(SegmentHeader.TryRead(bytes, out var header));
        long end = header.DataOffset;
        for (long position = FirstOf(path); offset >= header.DataOffset; position++)
        {
            end += SizeOf(written[(int)position - 1]);
            if (offset < end)
            {
                return position;
            }
        }

        return 0;
    }

    private static long SizeOf(Kept kept) => (RecordFormat.HeaderBytes + ((kept.Client.Length + kept.Topic.Length + kept.Payload.Length) / 2) + 7) & ~7;

    /// <summary>A journal of one segment, closed; with the offset of the first record and the end of each.</summary>
    private static async Task<(string Path, List<Kept> Written, int[] Ends)> OneSegmentAsync(string folder, Random random, int records)
    {
        var written = new List<Kept>();
        await using (var journal = JournalUnderTest.Open(JournalUnderTest.Options(folder)))
        {
            for (int i = 0; i < records; i++)
            {
                written.Add(await journal.AppendRandomAsync(random, 40));
            }
        }

        string path = Assert.Single(JournalUnderTest.SegmentFiles(folder));
        Assert.True(SegmentHeader.TryRead(await File.ReadAllBytesAsync(path), out var header));
        int[] ends = new int[records + 1];
        ends[0] = header.DataOffset;
        for (int i = 0; i < records; i++)
        {
            ends[i + 1] = ends[i] + (int)SizeOf(written[i]);
        }

        return (path, written, ends);
    }
}
