using System.ComponentModel.DataAnnotations;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Ingest.Tests.Journal;

public sealed class MessageJournalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TryAppend_Committed_IsReadNowAndAfterReopening()
    {
        var options = JournalUnderTest.Options(_folder.File("journal"));
        await using (var journal = JournalUnderTest.Open(options))
        {
            Assert.Equal(0, journal.CommittedPosition);
            Assert.Empty(journal.ReadAll());
            Assert.Equal(1, await journal.AppendNumberedAsync(1));
            Assert.Equal(2, await journal.AppendNumberedAsync(2));
            await journal.CommitAsync(2);
            Assert.Equal([1, 2], journal.ReadAll().Select(kept => kept.Position));
        }

        await using (var journal = JournalUnderTest.Open(options))
        {
            Assert.Equal(2, journal.CommittedPosition);
            Assert.Equal(3, await journal.AppendNumberedAsync(3));
            await journal.CommitAsync(3);
            Assert.Equal([2, 3], journal.ReadAll(from: 2).Select(kept => kept.Position));
            Assert.Equal(0, journal.State.TornTails + journal.State.DamagedRegions);
        }
    }

    [Fact]
    public async Task DisposeAsync_RightAfterAppends_CommitsThem()
    {
        var options = JournalUnderTest.Options(_folder.File("journal"));
        await using (var journal = JournalUnderTest.Open(options))
        {
            for (int i = 1; i <= 500; i++)
            {
                await journal.AppendNumberedAsync(i);
            }
        }

        await using var reopened = JournalUnderTest.Open(options);
        Assert.Equal(500, reopened.CommittedPosition);
        Assert.Equal(Enumerable.Range(1, 500).Select(i => (long)i), reopened.ReadAll().Select(kept => kept.Position));
    }

    [Fact]
    public async Task TryAppend_AfterDispose_TakesNothingAndWaitersAreTold()
    {
        var journal = JournalUnderTest.Open(JournalUnderTest.Options(_folder.File("journal")));
        await journal.DisposeAsync();

        Assert.False(journal.TryAppend(JournalUnderTest.Numbered(1), out _));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await journal.WaitForRoomAsync(default));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await journal.WaitForCommitAsync(1, default));
    }

    [Fact]
    public async Task TryAppend_LargestRecord_FitsAndALargerOneThrows()
    {
        var options = JournalUnderTest.Options(_folder.File("journal"));
        await using var journal = JournalUnderTest.Open(options);
        int room = journal.MaximumRecordBytes - RecordFormat.HeaderBytes;

        Assert.True(journal.TryAppend(new JournalRecord { Payload = new byte[room] }, out long position));
        await journal.CommitAsync(position);
        Assert.Equal(room * 2, Assert.Single(journal.ReadAll()).Payload.Length);
        Assert.Throws<ArgumentException>(() => journal.TryAppend(new JournalRecord { Payload = new byte[room + 1] }, out _));
        Assert.Throws<ArgumentException>(() => journal.TryAppend(new JournalRecord { Topic = new byte[65536] }, out _));
    }

    [Fact]
    public async Task TryAppend_ManyRecords_AllocatesNothing()
    {
        var options = JournalUnderTest.Options(_folder.File("journal"), 16 << 20);
        options.BufferBytes = 64 << 20;
        await using var journal = JournalUnderTest.Open(options);
        byte[] payload = new byte[130];
        long position = 0;
        bool taken = true;
        for (int i = 0; i < 1000; i++)
        {
            taken &= journal.TryAppend(new JournalRecord { Topic = "alatau/v1/a/b/telemetry"u8, Payload = payload }, out position);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50_000; i++)
        {
            taken &= journal.TryAppend(new JournalRecord { Topic = "alatau/v1/a/b/telemetry"u8, Payload = payload }, out position);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(taken);
        // A collection of another test may retire this thread's allocation window of 8 KiB, which then counts; one object for each append would be 1.2 MB.
        Assert.InRange(allocated, 0, 8192);
        await journal.CommitAsync(position);
        Assert.Equal(51_000, journal.ReadAll().Count);
    }

    [Fact]
    public async Task Open_FolderInUse_SaysSo()
    {
        var options = JournalUnderTest.Options(_folder.File("journal"));
        await using var journal = JournalUnderTest.Open(options);

        var error = Assert.Throws<IOException>(() => JournalUnderTest.Open(options));
        Assert.Contains(options.Folder, error.Message, StringComparison.Ordinal);
        Assert.Contains("another process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnCommitted_SeveralListeners_HearEveryPositionRisingUntilTheyEnd()
    {
        await using var journal = JournalUnderTest.Open(JournalUnderTest.Options(_folder.File("journal")));
        var heard = new List<long>();
        long other = 0;
        using (journal.OnCommitted(_ => throw new InvalidOperationException("a listener's fault")))
        using (journal.OnCommitted(heard.Add))
        using (journal.OnCommitted(position => Volatile.Write(ref other, position)))
        {
            for (int i = 1; i <= 2000; i++)
            {
                await journal.AppendNumberedAsync(i);
            }

            await journal.CommitAsync(2000);
            await JournalUnderTest.Until(() => Volatile.Read(ref other) == 2000, "the last listener");
        }

        Assert.Equal(2000, heard[^1]);
        Assert.Equal(heard.Order(), heard);
        Assert.Equal(heard.Distinct().Count(), heard.Count);
        int count = heard.Count;
        await journal.CommitAsync(await journal.AppendNumberedAsync(2001));
        Assert.Equal(count, heard.Count);
    }

    [Fact]
    public async Task TryAppend_FirstMessages_TakeAFewMebibytesAndSegmentsGrowWithTheLoad()
    {
        string folder = _folder.File("journal");
        await using var journal = JournalUnderTest.Open(new JournalOptions { Folder = folder });
        journal.OpenConsumer("history");
        await journal.CommitAsync(await journal.AppendNumberedAsync(1));
        await JournalUnderTest.Until(() => Lengths().Count() == 2, "the spare segment");
        Assert.InRange(Lengths().Sum(), 1, 4 << 20);

        for (int i = 2; i <= 24; i++)
        {
            await journal.CommitAsync(await journal.AppendNumberedAsync(i, 1_000_000));
        }

        Assert.InRange(journal.State.Segments, 2, 8);
        Assert.True(Lengths().Max() >= 8 << 20);

        IEnumerable<long> Lengths() => new DirectoryInfo(folder).EnumerateFiles().Where(f => f.Extension is not ".json" && f.Name != "lock").Select(f => f.Length);
    }

    [Fact]
    public async Task TryAppend_LimitReached_RefusesUntilAConsumerReleases()
    {
        var options = JournalUnderTest.Options(_folder.File("journal"));
        options.MaximumBytes = 8 * options.SegmentBytes;
        options.ZeroAhead = true;
        await using var journal = JournalUnderTest.Open(options);
        journal.OpenConsumer("history");
        long position = 0;
        var begin = System.Diagnostics.Stopwatch.StartNew();
        while (journal.Problem is null)
        {
            Assert.True(begin.Elapsed < JournalUnderTest.Patience);
            journal.TryAppend(JournalUnderTest.Numbered(position + 1, 1000), out long taken);
            position = Math.Max(position, taken);
        }

        Assert.Contains("MaximumBytes", journal.Problem, StringComparison.Ordinal);
        Assert.Contains("'history'", journal.Problem, StringComparison.Ordinal);
        Assert.Contains("MiB", journal.State.Warning, StringComparison.Ordinal);
        Assert.Equal(journal.Problem, await ((IReadinessCheck)journal).CheckAsync(default));
        Assert.False(journal.TryAppend(JournalUnderTest.Numbered(0), out _));
        Assert.True(journal.State.Bytes <= options.MaximumBytes);
        long committed = journal.CommittedPosition;
        Assert.InRange(committed, 1, position - 1);

        journal.Release("history", committed);
        await journal.CommitAsync(position);
        Assert.Null(journal.Problem);
        Assert.Null(await journal.CheckAsync(default));
        position = await journal.AppendNumberedAsync(position + 1);
        await journal.CommitAsync(position);
        var read = journal.ReadAll(committed + 1);
        Assert.Equal(Enumerable.Range(0, (int)(position - committed)).Select(i => committed + 1 + i), read.Select(kept => kept.Position));
    }

    [Fact]
    public async Task Reader_FollowingAWriter_SeesExactlyWhatWasCommittedInOrder()
    {
        var options = JournalUnderTest.Options(_folder.File("journal"));
        options.ZeroAhead = true;
        await using var journal = JournalUnderTest.Open(options);
        using var patience = new CancellationTokenSource(JournalUnderTest.Patience);
        const int Records = 20_000;
        var writing = Task.Run(async () =>
        {
            for (int i = 1; i <= Records; i++)
            {
                await journal.AppendNumberedAsync(i, 20 + (i % 200));
            }
        });

        using var reader = journal.OpenReader(1);
        for (long expected = 1; expected <= Records;)
        {
            while (reader.TryRead(out var record))
            {
                Assert.Equal(expected, record.Position);
                Assert.Equal(expected, JournalUnderTest.NumberIn(record));
                Assert.True(record.Position <= journal.CommittedPosition);
                expected++;
            }

            if (expected <= Records)
            {
                await reader.WaitAsync(patience.Token);
            }
        }

        await writing;
        Assert.True(journal.State.Segments > 10);
        Assert.Equal(0, journal.State.DamagedRegions);
    }

    [Fact]
    public async Task WriteMetrics_AfterCommits_HasThem()
    {
        await using var journal = JournalUnderTest.Open(JournalUnderTest.Options(_folder.File("journal")));
        journal.OpenConsumer("history");
        await journal.CommitAsync(await journal.AppendNumberedAsync(1));
        var metrics = new Samples();
        journal.WriteMetrics(metrics);

        Assert.Equal(1, metrics.Values["journal_committed_position"]);
        Assert.Equal(1, metrics.Values["journal_records"]);
        Assert.Equal(1, metrics.Values["journal_well"]);
        Assert.Equal(1, metrics.Values["journal_consumer_behind_records{history}"]);
        Assert.True(metrics.Values["journal_commit_p99_seconds"] > 0);
    }

    [Fact]
    public void Options_OutOfRange_NameTheSetting()
    {
        var options = new JournalOptions { MaximumBytes = 100 << 20, MaximumRecordBytes = 9 << 20, CommitInterval = TimeSpan.FromSeconds(2) };
        var faults = new List<ValidationResult>();

        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true));
        Assert.Contains(faults, fault => fault.MemberNames.Contains(nameof(JournalOptions.CommitInterval)));
        var cross = options.Validate(new ValidationContext(options)).Select(fault => fault.ErrorMessage).ToList();
        Assert.Contains("MaximumBytes (104857600) must hold two segments of SegmentBytes (67108864).", cross);
        Assert.Contains("MaximumRecordBytes (9437184) must fit half of BufferBytes (2097152).", cross);
        var defaults = new JournalOptions();
        Assert.True(Validator.TryValidateObject(defaults, new ValidationContext(defaults), null, validateAllProperties: true));
    }

    private sealed class Samples : IMetricWriter
    {
        public Dictionary<string, double> Values { get; } = [];

        public void Counter(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) => Gauge(name, help, value, labels);

        public void Gauge(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
            Values.Add(labels.IsEmpty ? name : $"{name}{{{labels[0].Value}}}", value);
    }
}
