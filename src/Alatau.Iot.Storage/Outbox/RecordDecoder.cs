using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Outbox;

/// <summary>Reads a record's rows back, by the names of this process: handles and ids may have changed since. One caller at a time.</summary>
internal sealed class RecordDecoder(AssetDirectory assets, MeasurandCatalog measurands)
{
    private readonly Dictionary<string, AssetHandle> _known = new(StringComparer.Ordinal);
    private readonly List<AssetHandle?> _assets = [];
    private readonly List<string> _assetNames = [];
    private readonly List<(MeasurandId? Id, string Name)> _measurands = [];

    /// <summary>Appends the rows to <paramref name="into"/>.</summary>
    /// <param name="rejected">Gets the rows whose measurand no profile declares any more, or whose asset finds no place in the directory.</param>
    /// <exception cref="InvalidDataException">The record is of another version.</exception>
    internal void Decode(ReadOnlySpan<byte> body, HistoryBatch into, List<RejectedRow> rejected)
    {
        var reader = new RecordReader(body);
        ReadNames(ref reader);
        int readings = reader.Int32();
        for (int i = 0; i < readings; i++)
        {
            var row = reader.Take(RecordEncoder.ReadingLength);
            var (asset, measurand) = (BinaryPrimitives.ReadInt32LittleEndian(row), BinaryPrimitives.ReadUInt16LittleEndian(row[4..]));
            var at = new Instant(BinaryPrimitives.ReadInt64LittleEndian(row[7..]));
            double value = BinaryPrimitives.ReadDoubleLittleEndian(row[15..]);
            if (_assets[asset] is { } handle && _measurands[measurand].Id is { } id)
            {
                into.Readings.Add(new ReadingRow(handle, id, (Quality)row[6], at, value));
            }
            else
            {
                rejected.Add(Nameless(asset, measurand, string.Create(CultureInfo.InvariantCulture, $"={value:R} {(Quality)row[6]} at {at}")));
            }
        }

        int windows = reader.Int32();
        for (int i = 0; i < windows; i++)
        {
            var row = reader.Take(RecordEncoder.WindowLength);
            var (asset, measurand) = (BinaryPrimitives.ReadInt32LittleEndian(row), BinaryPrimitives.ReadUInt16LittleEndian(row[4..]));
            var (window, summary) = ReadWindow(row);
            if (_assets[asset] is { } handle && _measurands[measurand].Id is { } id)
            {
                into.Windows.Add(new WindowRow(handle, new WindowUpdate(id, window, summary)));
            }
            else
            {
                rejected.Add(Nameless(asset, measurand, $" {window.Span.ShortName()} at {window.Start}: {summary}"));
            }
        }

        int transitions = reader.Int32();
        for (int i = 0; i < transitions; i++)
        {
            into.Transitions.Add(ReadTransition(ref reader));
        }

        if (!reader.IsAtEnd)
        {
            throw new InvalidDataException("Bytes after the last row.");
        }
    }

    private static (Window Window, WindowSummary Summary) ReadWindow(ReadOnlySpan<byte> row) => (
        new Window((WindowSpan)row[6], new Instant(BinaryPrimitives.ReadInt64LittleEndian(row[7..]))),
        new WindowSummary(
            BinaryPrimitives.ReadInt32LittleEndian(row[15..]),
            BinaryPrimitives.ReadDoubleLittleEndian(row[19..]),
            BinaryPrimitives.ReadDoubleLittleEndian(row[27..]),
            BinaryPrimitives.ReadDoubleLittleEndian(row[35..]),
            BinaryPrimitives.ReadDoubleLittleEndian(row[43..]),
            BinaryPrimitives.ReadDoubleLittleEndian(row[51..]),
            BinaryPrimitives.ReadSingleLittleEndian(row[59..]),
            BinaryPrimitives.ReadUInt16LittleEndian(row[63..]),
            (Quality)row[65]));

    private static AlarmTransition ReadTransition(ref RecordReader reader)
    {
        string alarm = reader.Text();
        var asset = AssetId.Of(reader.Text(), reader.Text());
        string rule = reader.Text();
        string title = reader.Text();
        var severity = (AlarmSeverity)reader.Byte();
        var from = (AlarmState)reader.Byte();
        var to = (AlarmState)reader.Byte();
        var at = new Instant(reader.Int64());
        var raisedAt = new Instant(reader.Int64());
        bool hasValue = reader.Byte() != 0;
        double value = BitConverter.Int64BitsToDouble(reader.Int64());
        return new AlarmTransition(alarm, asset, rule, title, severity, from, to, at, raisedAt, hasValue ? value : null, reader.Text(), reader.Text());
    }

    private RejectedRow Nameless(int asset, int measurand, string rest) => new(
        $"{_assetNames[asset]} {_measurands[measurand].Name}{rest}",
        _measurands[measurand].Id is null ? "No profile declares this measurand any more. Declare it again." : "The directory of assets is full. Raise its capacity.");

    private void ReadNames(ref RecordReader reader)
    {
        _assets.Clear();
        _assetNames.Clear();
        _measurands.Clear();
        int count = reader.Int32();
        Span<char> name = stackalloc char[(2 * AssetId.MaximumPartLength) + 1];
        for (int i = 0; i < count; i++)
        {
            int length = Encoding.UTF8.GetChars(reader.Utf8(), name);
            name[length] = '/';
            length += 1 + Encoding.UTF8.GetChars(reader.Utf8(), name[(length + 1)..]);
            Add(name[..length]);
        }

        count = reader.Int32();
        for (int i = 0; i < count; i++)
        {
            var utf8 = reader.Utf8();
            bool isKnown = measurands.TryFind(utf8, out var id);
            _measurands.Add((isKnown ? id : null, isKnown ? measurands[id].Name : Encoding.UTF8.GetString(utf8)));
        }
    }

    private void Add(ReadOnlySpan<char> name)
    {
        if (!_known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out string? text, out var handle))
        {
            text = name.ToString();
            if (!AssetId.TryParse(text, out var id))
            {
                throw new InvalidDataException($"'{text}' is no asset.");
            }

            // One that registered itself and hasn't been heard of since the restart.
            if (!assets.TryRegister(new Asset(id, id.Name, AssetKind.Unknown) { IsSelfRegistered = true }, out handle))
            {
                _assets.Add(null);
                _assetNames.Add(text);
                return;
            }

            _known[text] = handle;
        }

        _assets.Add(handle);
        _assetNames.Add(text);
    }
}
