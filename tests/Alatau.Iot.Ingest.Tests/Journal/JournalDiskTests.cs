using System.Diagnostics;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Ingest.Tests.Journal;

public sealed class JournalDiskTests : IDisposable
{
    private const int InputOutputError = 5;
    private const int NoSpace = 28;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Committed_WhileTheSyncHasNotReturned_DoesNotAdvance()
    {
        using var mayReturn = new SemaphoreSlim(0);
        using var inSync = new SemaphoreSlim(0);
        var disk = new ScriptedDisk();
        await using var journal = JournalUnderTest.Open(JournalUnderTest.Options(_folder.Path), disk);
        disk.OnSync = () =>
        {
            inSync.Release();
            mayReturn.Wait(JournalUnderTest.Patience);
        };
        long heard = 0;
        using var registration = journal.OnCommitted(position => heard = position);

        long first = await journal.AppendNumberedAsync(1);
        Assert.True(await inSync.WaitAsync(JournalUnderTest.Patience));
        long second = await journal.AppendNumberedAsync(2);
        Assert.Equal(0, journal.CommittedPosition);
        Assert.Equal(0, heard);
        Assert.Empty(journal.ReadAll());

        mayReturn.Release();
        await journal.CommitAsync(first);
        Assert.True(await inSync.WaitAsync(JournalUnderTest.Patience));
        Assert.Equal(1, journal.CommittedPosition);
        disk.OnSync = () => { };
        mayReturn.Release();
        await journal.CommitAsync(second);
        Assert.Equal(2, journal.ReadAll().Count);
    }

    [Fact]
    public async Task TryAppend_BufferFullBehindASlowDisk_RefusesAndWakesTheWaiter()
    {
        using var inSync = new SemaphoreSlim(0);
        using var mayReturn = new ManualResetEventSlim();
        var disk = new ScriptedDisk();
        await using var journal = JournalUnderTest.Open(JournalUnderTest.Options(_folder.Path), disk);
        disk.OnSync = () =>
        {
            inSync.Release();
            mayReturn.Wait(JournalUnderTest.Patience);
        };

        // The committer holds the one buffer before the other is filled: else it would make room just when none is left.
        Assert.True(journal.TryAppend(JournalUnderTest.Numbered(1, 1000), out long taken));
        Assert.True(await inSync.WaitAsync(JournalUnderTest.Patience));
        while (journal.TryAppend(JournalUnderTest.Numbered(taken + 1, 1000), out long position))
        {
            taken = position;
            Assert.True(taken < 1000, "the memory has no bound");
        }

        var room = journal.WaitForRoomAsync(default).AsTask();
        Assert.False(room.IsCompleted);
        Assert.Null(journal.Problem);
        Assert.True(journal.State.Refused > 0);
        mayReturn.Set();
        await room.WaitAsync(JournalUnderTest.Patience);
        Assert.Equal(taken + 1, await journal.AppendNumberedAsync(taken + 1));
        await journal.CommitAsync(taken + 1);
        Assert.Equal(taken + 1, journal.ReadAll().Count);
    }

    [Fact]
    public async Task Commit_SyncFailed_WritesTheBatchAgainIntoAFreshSegment()
    {
        var disk = new ScriptedDisk();
        var options = JournalUnderTest.Options(_folder.Path);
        await using (var journal = JournalUnderTest.Open(options, disk))
        {
            await journal.CommitAsync(await journal.AppendNumberedAsync(1));
            using var mayRetry = new ManualResetEventSlim();
            int syncs = 0;
            disk.OnSync = () =>
            {
                if (syncs++ == 0)
                {
                    throw new IOException("Input/output error", InputOutputError);
                }

                mayRetry.Wait(JournalUnderTest.Patience);
            };
            long second = await journal.AppendNumberedAsync(2);
            await JournalUnderTest.Until(() => journal.Problem is not null, "the failure");
            Assert.Contains("Input/output error", journal.Problem, StringComparison.Ordinal);
            Assert.Contains(_folder.Path, journal.Problem, StringComparison.Ordinal);
            Assert.Equal(1, journal.CommittedPosition);
            Assert.False(journal.TryAppend(JournalUnderTest.Numbered(3), out _));

            mayRetry.Set();
            await journal.CommitAsync(second);
            Assert.Null(journal.Problem);
            Assert.Equal(1, journal.State.Failures);
            Assert.Equal(2, JournalUnderTest.SegmentFiles(_folder.Path).Length);
            Assert.Equal([1, 2], journal.ReadAll().Select(kept => kept.Position));
        }

        await using var reopened = JournalUnderTest.Open(options);
        Assert.Equal([1, 2], reopened.ReadAll().Select(kept => kept.Position));
        Assert.Equal(0, reopened.State.DamagedRegions + reopened.State.TornTails);
    }

    [Fact]
    public async Task Open_GivenUpSegmentStillHasItsTail_EachRecordIsReadOnce()
    {
        var options = JournalUnderTest.Options(_folder.Path);
        await using (var journal = JournalUnderTest.Open(options))
        {
            for (int i = 1; i <= 10; i++)
            {
                await journal.AppendNumberedAsync(i);
            }
        }

        // The first segment as a failed sync and a crash before the cut leave it: records 11 and 12 are also in it.
        string first = Assert.Single(JournalUnderTest.SegmentFiles(_folder.Path));
        byte[] bytes = await File.ReadAllBytesAsync(first);
        Assert.True(SegmentHeader.TryRead(bytes, out var header));
        await using (var journal = JournalUnderTest.Open(options))
        {
            await journal.AppendNumberedAsync(11);
            await journal.AppendNumberedAsync(12);
        }

        var record = JournalUnderTest.Numbered(666);
        byte[] tail = new byte[2 * RecordFormat.SizeOf(record)];
        RecordFormat.Write(tail.AsSpan(0, tail.Length / 2), record, 11, header.Seed);
        RecordFormat.Write(tail.AsSpan(tail.Length / 2), record, 12, header.Seed);
        await File.WriteAllBytesAsync(first, [.. bytes, .. tail]);

        await using var reopened = JournalUnderTest.Open(options);
        var read = reopened.ReadAll();
        Assert.Equal(Enumerable.Range(1, 12).Select(i => (long)i), read.Select(kept => kept.Position));
        Assert.Equal(read.Select(kept => kept.Position), read.Select(kept => kept.ReceivedAt.UnixMilliseconds));
        Assert.Equal(0, reopened.State.DamagedRegions);
    }

    [Fact]
    public void Commit_DiskFailsAtRandom_LosesNothingCommitted() => Prop.ForAll<int>(async seed =>
    {
        using var folder = new TempFolder();
        var random = new Random(seed);
        var faults = new Random(seed + 1);
        int left = 3;
        var disk = new ScriptedDisk();
        void Fail()
        {
            if (left > 0 && faults.Next(6) == 0)
            {
                left--;
                throw new IOException("scripted", faults.Next(2) == 0 ? InputOutputError : NoSpace);
            }
        }

        disk.OnSync = Fail;
        disk.OnWrite = Fail;
        var options = JournalUnderTest.Options(folder.Path, 16 << 10);
        var written = new List<Kept>();
        long committed;
        await using (var journal = JournalUnderTest.Open(options, disk))
        {
            for (int i = 0; i < 200; i++)
            {
                written.Add(await journal.AppendRandomAsync(random, 300));
                if (random.Next(5) == 0)
                {
                    await journal.CommitAsync(written.Count);
                }
            }

            Assert.Equal(0, left);
            // For ever from here on: what is committed now is what may have been acknowledged.
            disk.OnSync = () => throw new IOException("scripted", InputOutputError);
            written.Add(await journal.AppendRandomAsync(random, 300));
            await JournalUnderTest.Until(() => journal.Problem is not null, "the last failure");
            committed = journal.CommittedPosition;
        }

        await using var reopened = JournalUnderTest.Open(options);
        Assert.Equal(committed, reopened.CommittedPosition);
        Assert.Equal(written[..(int)committed], reopened.ReadAll());
        Assert.Equal(0, reopened.State.DamagedRegions);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(6));

    [Fact]
    public async Task TryAppend_DiskFull_NothingIsCommittedTheProblemNamesItAndItHeals()
    {
        string mount = _folder.File("small");
        Directory.CreateDirectory(mount);
        if (!OperatingSystem.IsLinux() || !await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "none", mount))
        {
            Assert.Skip("A small file system can't be mounted here: that needs root on Linux.");
        }

        try
        {
            var options = JournalUnderTest.Options(Path.Combine(mount, "journal"), 256 << 10);
            long position = 0;
            await using (var journal = JournalUnderTest.Open(options))
            {
                for (int i = 0; i < 50; i++)
                {
                    position = await journal.AppendNumberedAsync(position + 1, 1000);
                }

                await journal.CommitAsync(position);
                string filler = Path.Combine(mount, "filler");
                await FillAsync(filler);
                var begin = Stopwatch.StartNew();
                while (journal.Problem is null)
                {
                    Assert.True(begin.Elapsed < JournalUnderTest.Patience, "the disk never got full");
                    if (journal.TryAppend(JournalUnderTest.Numbered(position + 1, 1000), out long taken))
                    {
                        position = taken;
                    }
                }

                Assert.StartsWith("disk full at " + options.Folder, journal.Problem, StringComparison.Ordinal);
                Assert.Equal(journal.Problem, await journal.CheckAsync(default));
                long committed = journal.CommittedPosition;
                Assert.InRange(committed, 50, position - 1);
                Assert.False(journal.TryAppend(JournalUnderTest.Numbered(0), out _));
                Assert.Equal(committed, journal.ReadAll().Count);

                File.Delete(filler);
                using var patience = new CancellationTokenSource(JournalUnderTest.Patience);
                await journal.WaitForRoomAsync(patience.Token);
                position = await journal.AppendNumberedAsync(position + 1, 1000);
                await journal.CommitAsync(position);
                Assert.Null(journal.Problem);
                Assert.Equal(Enumerable.Range(1, (int)position).Select(i => (long)i), journal.ReadAll().Select(kept => kept.Position));
            }

            await using var reopened = JournalUnderTest.Open(options);
            Assert.Equal(position, reopened.CommittedPosition);
            Assert.Equal(0, reopened.State.DamagedRegions + reopened.State.TornTails);
        }
        finally
        {
            Assert.True(await RunAsync("umount", mount));
        }
    }

    private static async Task FillAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] block = new byte[4096];
        try
        {
            while (true)
            {
                await file.WriteAsync(block);
            }
        }
        catch (IOException error) when (JournalDisks.IsDiskFull(error))
        {
            // That is what it is for.
        }
    }

    private static async Task<bool> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
