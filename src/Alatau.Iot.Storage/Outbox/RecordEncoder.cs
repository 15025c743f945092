using System.Buffers.Binary;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Outbox;

/// <summary>Writes a batch as one record that is understood without any other: the names of its assets and measurands stand before its rows. Allocates nothing for a row. One caller at a time.</summary>
internal sealed class RecordEncoder(AssetDirectory assets, MeasurandCatalog measurands)
{
    /// <summary>Bytes of a reading: asset 4, measurand 2, quality 1, instant 8, value 8.</summary>
    internal const int ReadingLength = 23;

    /// <summary>Bytes of a window: asset 4, measurand 2, span 1, start 8, count 4, five values of 8, completeness 4, revision 2, quality 1.</summary>
    internal const int WindowLength = 66;

    private readonly List<int> _assetOrder = [];
    private readonly List<int> _measurandOrder = [];
    private int[] _assetPlaces = [];
    private int[] _measurandPlaces = [];

    /// <summary>Makes the record of a batch in <paramref name="buffer"/>.</summary>
    /// <param name="routes">Names of the routes its messages came in on.</param>
    internal void Encode(HistoryBatch batch, RecordBuffer buffer, long number, RecordKind kind, Instant spilledAt, IReadOnlyList<string> routes)
    {
        RecordHeader.Begin(buffer, number, kind, batch.Count, spilledAt, batch.MessagesByRoute, routes);
        Number(batch);
        buffer.Write(_assetOrder.Count);
        foreach (int asset in _assetOrder)
        {
            var id = assets[new AssetHandle(asset)].Id;
            buffer.Write(id.Site);
            buffer.Write(id.Name);
        }

        buffer.Write(_measurandOrder.Count);
        foreach (int measurand in _measurandOrder)
        {
            buffer.Write(measurands[new MeasurandId((ushort)measurand)].Name);
        }

        buffer.Write(batch.Readings.Count);
        var readings = buffer.Take(batch.Readings.Count * ReadingLength);
        foreach (var row in batch.Readings)
        {
            Write(readings, row);
            readings = readings[ReadingLength..];
        }

        buffer.Write(batch.Windows.Count);
        var windows = buffer.Take(batch.Windows.Count * WindowLength);
        foreach (var row in batch.Windows)
        {
            Write(windows, row);
            windows = windows[WindowLength..];
        }

        buffer.Write(batch.Transitions.Count);
        foreach (var transition in batch.Transitions)
        {
            Write(buffer, transition);
        }

        RecordHeader.Finish(buffer);
        Forget();
    }

    private void Write(Span<byte> to, in ReadingRow row)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, _assetPlaces[row.Asset.Index] - 1);
        BinaryPrimitives.WriteUInt16LittleEndian(to[4..], (ushort)(_measurandPlaces[row.Measurand.Value] - 1));
        to[6] = (byte)row.Quality;
        BinaryPrimitives.WriteInt64LittleEndian(to[7..], row.MeasuredAt.UnixMilliseconds);
        BinaryPrimitives.WriteDoubleLittleEndian(to[15..], row.Value);
    }

    private void Write(Span<byte> to, in WindowRow row)
    {
        var summary = row.Update.Summary;
        BinaryPrimitives.WriteInt32LittleEndian(to, _assetPlaces[row.Asset.Index] - 1);
        BinaryPrimitives.WriteUInt16LittleEndian(to[4..], (ushort)(_measurandPlaces[row.Update.Measurand.Value] - 1));
        to[6] = (byte)row.Update.Window.Span;
        BinaryPrimitives.WriteInt64LittleEndian(to[7..], row.Update.Window.Start.UnixMilliseconds);
        BinaryPrimitives.WriteInt32LittleEndian(to[15..], summary.Count);
        BinaryPrimitives.WriteDoubleLittleEndian(to[19..], summary.Minimum);
        BinaryPrimitives.WriteDoubleLittleEndian(to[27..], summary.Maximum);
        BinaryPrimitives.WriteDoubleLittleEndian(to[35..], summary.Mean);
        BinaryPrimitives.WriteDoubleLittleEndian(to[43..], summary.Last);
        BinaryPrimitives.WriteDoubleLittleEndian(to[51..], summary.Delta);
        BinaryPrimitives.WriteSingleLittleEndian(to[59..], summary.Completeness);
        BinaryPrimitives.WriteUInt16LittleEndian(to[63..], summary.Revision);
        to[65] = (byte)summary.Quality;
    }

    private static void Write(RecordBuffer buffer, AlarmTransition transition)
    {
        buffer.Write(transition.AlarmId);
        buffer.Write(transition.Asset.Site);
        buffer.Write(transition.Asset.Name);
        buffer.Write(transition.Rule);
        buffer.Write(transition.Title);
        buffer.Write((byte)transition.Severity);
        buffer.Write((byte)transition.From);
        buffer.Write((byte)transition.To);
        buffer.Write(transition.At.UnixMilliseconds);
        buffer.Write(transition.RaisedAt.UnixMilliseconds);
        buffer.Write((byte)(transition.Value is null ? 0 : 1));
        buffer.Write(BitConverter.DoubleToInt64Bits(transition.Value ?? 0));
        buffer.Write(transition.By);
        buffer.Write(transition.Why);
    }

    // Gives every asset and measurand of the batch its place in the record, from 1; 0 means none yet.
    private void Number(HistoryBatch batch)
    {
        if (_assetPlaces.Length < assets.Count)
        {
            Array.Resize(ref _assetPlaces, assets.Count * 2);
        }

        if (_measurandPlaces.Length < measurands.Count)
        {
            Array.Resize(ref _measurandPlaces, measurands.Count);
        }

        foreach (var row in batch.Readings)
        {
            Place(row.Asset, row.Measurand);
        }

        foreach (var row in batch.Windows)
        {
            Place(row.Asset, row.Update.Measurand);
        }
    }

    private void Place(AssetHandle asset, MeasurandId measurand)
    {
        ref int assetPlace = ref _assetPlaces[asset.Index];
        if (assetPlace == 0)
        {
            _assetOrder.Add(asset.Index);
            assetPlace = _assetOrder.Count;
        }

        ref int measurandPlace = ref _measurandPlaces[measurand.Value];
        if (measurandPlace == 0)
        {
            _measurandOrder.Add(measurand.Value);
            measurandPlace = _measurandOrder.Count;
        }
    }

    private void Forget()
    {
        foreach (int asset in _assetOrder)
        {
            _assetPlaces[asset] = 0;
        }

        foreach (int measurand in _measurandOrder)
        {
            _measurandPlaces[measurand] = 0;
        }

        _assetOrder.Clear();
        _measurandOrder.Clear();
    }
}
