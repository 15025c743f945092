using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Storage.Sqlite;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Benchmarks.Micro;

/// <summary>Readings into the embedded store, each batch committed.</summary>
internal static class SqliteCase
{
    public static async Task<(double Nanoseconds, double Bytes)> RunAsync(MicroMessages messages)
    {
        using var folder = new TempFolder();
        await using var store = new SqliteHistoryStore(new SqliteStoreOptions(), new RetentionOptions(), folder.Path, messages.Directory, messages.Catalog);
        await store.OpenAsync(CancellationToken.None);
        var batch = new HistoryBatch();
        long round = 0;
        var figures = MicroLoop.Measure(HistoryRows.Rows, () =>
        {
            HistoryRows.Fill(batch, messages, round++);
            Write(store, batch);
        });
        long turns = round * HistoryRows.Messages / MicroMessages.Assets;
        long found = 0;
        Instant? from = messages.Start;
        while (from is { } at)
        {
            var query = new SeriesQuery(messages.Directory[new AssetHandle(7)].Id, messages.Catalog.Id("activePower"), at, new Instant(at.UnixMilliseconds + (long)TimeSpan.FromDays(30).TotalMilliseconds), null, 10_000);
            var page = await store.ReadSeriesAsync(query, CancellationToken.None);
            found += page.Points.Count;
            from = page.Next;
        }

        return found == turns ? figures : throw new WrongResultException($"{turns} readings of one series were written, {found} are in the store.");
    }

    private static void Write(SqliteHistoryStore store, HistoryBatch batch)
    {
#pragma warning disable VSTHRD002 // The loop that is timed is synchronous, and this process has no synchronisation context.
        store.WriteAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }
}
