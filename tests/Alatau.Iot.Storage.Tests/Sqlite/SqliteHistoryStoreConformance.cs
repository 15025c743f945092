using Alatau.Iot.Core.History;
using Alatau.Iot.Storage.Sqlite;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Conformance;

namespace Alatau.Iot.Storage.Tests.Sqlite;

public sealed class SqliteHistoryStoreConformance : HistoryStoreConformance
{
    private readonly TempFolder _folder = new();

    protected override ValueTask<IHistoryStore> CreateAsync() =>
        ValueTask.FromResult<IHistoryStore>(new SqliteHistoryStore(new SqliteStoreOptions { RetentionChunkRows = 100 }, Retention, _folder.Path, Assets, Measurands));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
