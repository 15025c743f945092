using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.History;

/// <summary>Where history rests. SQLite, InfluxDB, or another one that passes <c>HistoryStoreConformance</c>.</summary>
public interface IHistoryStore : IAsyncDisposable
{
    /// <summary>Short name for logs, metrics and <c>/health/ready</c>: <c>sqlite</c>, <c>influx</c>.</summary>
    string Name { get; }

    /// <summary>Writes that may be under way at the same time; 1 for a store with one writer. Rows of one asset never travel in two of them at once.</summary>
    int ParallelWrites => 1;

    /// <summary>Creates or checks what the store needs (files, tables, database, bucket). Once it succeeded, another call does nothing.</summary>
    /// <exception cref="StoreException">The store can't be used; the message says what, where and the cure.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Makes ready to read what is there, beside whoever writes it; creates and changes nothing. Writing is not allowed then.</summary>
    /// <exception cref="StoreException">There is nothing to read, or it can't be read; the message says what, where and the cure.</exception>
    ValueTask OpenToReadAsync(CancellationToken cancellationToken) => OpenAsync(cancellationToken);

    /// <summary>Writes all rows; when it returns they survive a kill of this process. Writing the same rows again changes nothing.</summary>
    /// <returns>Rows the store refused for good, with its own words; the others are stored.</returns>
    /// <exception cref="StoreException">Nothing may be assumed stored; <see cref="StoreException.IsTransient"/> says whether to try again.</exception>
    ValueTask<IReadOnlyList<RejectedRow>> WriteAsync(HistoryBatch batch, CancellationToken cancellationToken);

    /// <summary>Reads one series, oldest first, within a half-open span.</summary>
    ValueTask<SeriesPage> ReadSeriesAsync(SeriesQuery query, CancellationToken cancellationToken);

    /// <summary>Reads alarm transitions, newest first.</summary>
    ValueTask<IReadOnlyList<AlarmTransition>> ReadTransitionsAsync(TransitionQuery query, CancellationToken cancellationToken);

    /// <summary>Deletes what is older than its tier's retention.</summary>
    /// <returns>Rows deleted, where the store can tell; else 0.</returns>
    ValueTask<long> EnforceRetentionAsync(Instant now, CancellationToken cancellationToken);

    /// <summary>Whether the store answers now; null when it does, else what is wrong, in a line.</summary>
    ValueTask<string?> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>A row that a store refused for good.</summary>
/// <param name="Line">The row as it was sent.</param>
/// <param name="Reason">The store's own words.</param>
public sealed record RejectedRow(string Line, string Reason);

/// <summary>Which transitions to read.</summary>
/// <param name="Asset">Null for all assets.</param>
/// <param name="From">By <see cref="AlarmTransition.At"/>, inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Limit">Most transitions answered.</param>
public sealed record TransitionQuery(AssetId? Asset, Instant From, Instant To, int Limit);
