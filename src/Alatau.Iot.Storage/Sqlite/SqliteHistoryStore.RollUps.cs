using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Sqlite;

/// <content>Branches of the topology.</content>
public sealed partial class SqliteHistoryStore : IRollUpStore
{
    public async ValueTask WriteRollUpsAsync(IReadOnlyList<RollUpRow> rows, CancellationToken cancellationToken) => await Opened().RunAsync(
        () =>
        {
            _rollUps!.Write(rows);
            return true;
        },
        cancellationToken);

    public async ValueTask<RollUpPage> ReadRollUpsAsync(RollUpQuery query, CancellationToken cancellationToken)
    {
        _ = Opened();
        return await ReadAsync((query, _measurands[query.Measurand].Name), static (reader, asked) => reader.RollUps.Read(asked.query, asked.Name), cancellationToken);
    }

    public async ValueTask ReadWindowsAsync(MeasurandId measurand, WindowSpan span, Instant from, Instant to, Action<AssetId, Instant, WindowSummary> visit, CancellationToken cancellationToken)
    {
        _ = Opened();
        await ReadAsync(
            (_measurands[measurand].Name, span, from, to, visit),
            static (reader, asked) =>
            {
                reader.RollUps.ReadWindows(asked.Name, asked.span, asked.from, asked.to, asked.visit);
                return true;
            },
            cancellationToken);
    }

    private WriterThread Opened() => _thread ?? throw new StoreException($"'{_path}' isn't open yet.", isTransient: true);
}
