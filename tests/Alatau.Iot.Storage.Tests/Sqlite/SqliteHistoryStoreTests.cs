using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Storage.Recording;
using Alatau.Iot.Storage.Sqlite;
using Alatau.Iot.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Storage.Tests.Sqlite;

public sealed class SqliteHistoryStoreTests : IDisposable
{
    private static readonly Instant s_start = new(1_795_323_600_000);

    private readonly TempFolder _folder = new();
    private readonly AssetDirectory _assets = new();
    private readonly MeasurandCatalog _measurands = new();
    private readonly AssetHandle _asset;
    private readonly HistoryBatch _batch = new();

    public SqliteHistoryStoreTests() => Assert.True(_assets.TryRegister(new Asset(AssetId.Of("gate", "meter-1"), "m", AssetKind.Meter), out _asset));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteAsync_ProcessDiesRightAfter_RowsAreInTheFilesItLeaves()
    {
        await using var store = await OpenAsync(_folder.Path);
        AddReadings(1000);
        await store.WriteAsync(_batch, Token);
        using var image = new TempFolder();
        foreach (string file in Directory.GetFiles(_folder.Path).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.Copy(file, image.File(Path.GetFileName(file)));
        }

        await using var next = await OpenAsync(image.Path);
        Assert.Equal(1000, await CountAsync(next));
    }

    [Fact]
    public async Task OpenToReadAsync_BesideTheWriterAndAfterIt_ReadsAndMayNotWrite()
    {
        var writer = await OpenAsync(_folder.Path);
        AddReadings(100);
        await writer.WriteAsync(_batch, Token);
        await using (var reader = new SqliteHistoryStore(new SqliteStoreOptions(), new RetentionOptions(), _folder.Path, _assets, _measurands))
        {
            await reader.OpenToReadAsync(Token);
            Assert.Equal(100, await CountAsync(reader));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.WriteAsync(_batch, Token));
        }

        await writer.DisposeAsync();
        await using var after = new SqliteHistoryStore(new SqliteStoreOptions(), new RetentionOptions(), _folder.Path, _assets, _measurands);
        await after.OpenToReadAsync(Token);
        Assert.Equal(100, await CountAsync(after));
    }

    [Fact]
    public async Task OpenToReadAsync_NothingThere_SaysSoAndMakesNothing()
    {
        await using var store = new SqliteHistoryStore(new SqliteStoreOptions(), new RetentionOptions(), _folder.Path, _assets, _measurands);

        var fault = await Assert.ThrowsAsync<StoreException>(async () => await store.OpenToReadAsync(Token));

        Assert.Contains("There is no history in", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task WriteAsync_ReaderHoldsASnapshot_DoesNotWait()
    {
        await using var store = await OpenAsync(_folder.Path);
        AddReadings(10);
        await store.WriteAsync(_batch, Token);
        using var reader = SqliteConnection.Open(store.Path, readOnly: true);
        reader.Execute("BEGIN");
        Assert.Equal(10, reader.Integer("SELECT count(*) FROM reading"));
        AddReadings(20);
        await store.WriteAsync(_batch, Token);
        Assert.Equal(10, reader.Integer("SELECT count(*) FROM reading"));
        Assert.Equal(20, await CountAsync(store));
    }

    [Fact]
    public async Task WriteAsync_RowTheFileCanNotHold_IsRefusedAndTheOthersAreStored()
    {
        await using var store = await OpenAsync(_folder.Path);
        AddReadings(3);
        _batch.Readings.Add(new ReadingRow(_asset, _measurands.Id("activePower"), Quality.Good, s_start + TimeSpan.FromHours(1), double.NaN));
        AddReadings(5);
        var rejected = Assert.Single(await store.WriteAsync(_batch, Token));
        Assert.Contains("gate/meter-1 activePower=NaN", rejected.Line, StringComparison.Ordinal);
        Assert.Contains("NOT NULL", rejected.Reason, StringComparison.Ordinal);
        Assert.Equal(5, await CountAsync(store));
    }

    [Fact]
    public async Task WriteAsync_TransactionFails_LeavesNothingAndTheNextOneWorks()
    {
        await using var store = await OpenAsync(_folder.Path);
        AddReadings(3);
        _batch.Readings.Add(new ReadingRow(new AssetHandle(63), _measurands.Id("activePower"), Quality.Good, s_start, 1));
        await Assert.ThrowsAnyAsync<Exception>(async () => await store.WriteAsync(_batch, Token));
        Assert.Equal(0, await CountAsync(store));
        _batch.Clear();
        AddReadings(3);
        Assert.Empty(await store.WriteAsync(_batch, Token));
        Assert.Equal(3, await CountAsync(store));
    }

    [Fact]
    public async Task OpenAsync_NewerSchema_IsRefusedWithTheCure()
    {
        await (await OpenAsync(_folder.Path)).DisposeAsync();
        using (var connection = SqliteConnection.Open(_folder.File("history.db"), readOnly: false))
        {
            connection.Execute("PRAGMA user_version = 99");
        }

        var failure = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(_folder.Path));
        Assert.False(failure.IsTransient);
        Assert.Contains($"newer version of the platform (schema 99, this one knows {SqliteSchema.Version})", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_SchemaOfBeforeTheTopology_KeepsItsRowsAndTakesBranches()
    {
        await using (var store = await OpenAsync(_folder.Path))
        {
            AddReadings(3);
            await store.WriteAsync(_batch, Token);
        }

        using (var connection = SqliteConnection.Open(_folder.File("history.db"), readOnly: false))
        {
            connection.Execute("DROP TABLE branch; DROP TABLE roll_up; PRAGMA user_version = 1");
        }

        await using var opened = await OpenAsync(_folder.Path);
        Assert.Equal(3, await CountAsync(opened));
        var row = new RollUpRow("gate", NodeKind.District, NodeKind.Meter, _measurands.Id("activePower"), new Window(WindowSpan.OneMinute, s_start), new RollUpSummary(1, 1, 1, 1, 1, 1, 0, 1, 1, 0, Quality.Good));
        await opened.WriteRollUpsAsync([row], Token);
        var page = await opened.ReadRollUpsAsync(new RollUpQuery("gate", NodeKind.Meter, row.Measurand, WindowSpan.OneMinute, s_start, s_start + TimeSpan.FromMinutes(1), 10), Token);
        Assert.Equal(row.Summary, Assert.Single(page.Points).Summary);
    }

    [Fact]
    public async Task OpenAsync_DatabaseOfAnotherProgram_IsRefusedAndUntouched()
    {
        using (var connection = SqliteConnection.Open(_folder.File("history.db"), readOnly: false))
        {
            connection.Execute("CREATE TABLE theirs(x)");
        }

        var failure = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(_folder.Path));
        Assert.Contains("another program", failure.Message, StringComparison.Ordinal);
        using var after = SqliteConnection.Open(_folder.File("history.db"), readOnly: true);
        Assert.Equal("theirs", after.Text("SELECT group_concat(name) FROM sqlite_schema"));
    }

    [Fact]
    public async Task OpenAsync_NoDatabase_SaysWhatWhereAndTheCure()
    {
        await File.WriteAllTextAsync(_folder.File("history.db"), new string('x', 20_000), Token);
        var failure = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(_folder.Path));
        Assert.False(failure.IsTransient);
        Assert.Contains("file is not a database", failure.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.File("history.db"), failure.Message, StringComparison.Ordinal);
        Assert.Contains("Cure: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_DamagedPages_SaysWhatWhereAndTheCure()
    {
        await using (var store = await OpenAsync(_folder.Path))
        {
            AddReadings(20_000);
            await store.WriteAsync(_batch, Token);
        }

        byte[] bytes = await File.ReadAllBytesAsync(_folder.File("history.db"), Token);
        bytes.AsSpan(8192 * 2).Fill(0xA5);
        await File.WriteAllBytesAsync(_folder.File("history.db"), bytes, Token);
        var failure = await Assert.ThrowsAsync<StoreException>(async () =>
        {
            await using var store = await OpenAsync(_folder.Path);
            await store.WriteAsync(_batch, Token);
        });
        Assert.False(failure.IsTransient);
        Assert.Contains("damaged", failure.Message, StringComparison.Ordinal);
        Assert.Contains("history.db", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_FolderCanNotBeMade_SaysSo()
    {
        await File.WriteAllTextAsync(_folder.File("data"), "a file", Token);
        var failure = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(_folder.File("data")));
        Assert.Contains(_folder.File("data"), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnforceRetentionAsync_MoreThanOneChunk_CountsAllAndFreesTheirPages()
    {
        await using var store = await OpenAsync(_folder.Path);
        AddReadings(1050);
        await store.WriteAsync(_batch, Token);
        Assert.Equal(1050, await store.EnforceRetentionAsync(s_start + TimeSpan.FromDays(31), Token));
        Assert.Equal(0, await store.EnforceRetentionAsync(s_start + TimeSpan.FromDays(31), Token));
        Assert.Equal(0, await CountAsync(store));
    }

    [Fact]
    public async Task RetentionLoop_TimePasses_DeletesByItself()
    {
        await using var store = await OpenAsync(_folder.Path);
        AddReadings(60);
        await store.WriteAsync(_batch, Token);
        var time = new ManualTime(s_start.ToDateTimeOffset() + TimeSpan.FromDays(30) - TimeSpan.FromMinutes(2));
        using var loop = new RetentionLoop(store, time, NullLogger<RetentionLoop>.Instance);
        await loop.StartAsync(Token);
        await Eventually.TrueAsync(() => time.ArmedTimers == 1);
        time.Advance(RetentionLoop.Pause);
        await Eventually.TrueAsync(() => loop.Passes == 1);
        Assert.Equal(60, await CountAsync(store));
        time.Advance(RetentionLoop.Pause);
        await Eventually.TrueAsync(() => loop.Passes == 2);
        Assert.Equal((0, 60L), (await CountAsync(store), loop.RowsDeleted));
        await loop.StopAsync(Token);
    }

    [Fact]
    public async Task CheckAsync_FileWasTakenAway_SaysWhatIsWrong()
    {
        await using var store = await OpenAsync(_folder.Path);
        foreach (string file in Directory.GetFiles(_folder.Path))
        {
            File.Delete(file);
        }

        Assert.Contains("history.db", await store.CheckAsync(Token), StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private void AddReadings(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _batch.Readings.Add(new ReadingRow(_asset, _measurands.Id("activePower"), Quality.Good, s_start + TimeSpan.FromSeconds(i), i));
        }
    }

    private async Task<SqliteHistoryStore> OpenAsync(string folder)
    {
        var store = new SqliteHistoryStore(new SqliteStoreOptions { RetentionChunkRows = 100 }, new RetentionOptions(), folder, _assets, _measurands);
        await store.OpenAsync(Token);
        return store;
    }

    private async Task<int> CountAsync(SqliteHistoryStore store) =>
        (await store.ReadSeriesAsync(new SeriesQuery(AssetId.Of("gate", "meter-1"), _measurands.Id("activePower"), new Instant(0), Instant.MaxValue, null, 100_000), Token)).Points.Count;
}
