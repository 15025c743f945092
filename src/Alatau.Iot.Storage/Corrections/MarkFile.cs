using System.Buffers.Binary;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Checksums;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Storage.Outbox;

namespace Alatau.Iot.Storage.Corrections;

/// <summary>What is to be made again, by names, in a file that is replaced in one step: <c>&lt;data&gt;/corrections/marks</c>.</summary>
internal sealed class MarkFile(string dataFolder, AssetDirectory assets, MeasurandCatalog measurands)
{
    private const int Version = 1;
    private const int ChecksumBytes = 4;

    private readonly string _folder = System.IO.Path.Combine(System.IO.Path.GetFullPath(dataFolder), "corrections");
    private readonly RecordBuffer _buffer = new();

    internal string Path => System.IO.Path.Combine(_folder, "marks");

    /// <summary>What the file holds; assets that the directory doesn't know yet are registered, measurands that no profile declares any more are passed over.</summary>
    /// <returns>Null when the file is damaged or of another version.</returns>
    internal List<(AssetHandle Asset, Stretch Stretch)>? Read()
    {
        var marks = new List<(AssetHandle, Stretch)>();
        if (!File.Exists(Path))
        {
            return marks;
        }

        byte[] bytes = File.ReadAllBytes(Path);
        if (bytes.Length <= ChecksumBytes || Crc32C.Of(bytes.AsSpan(..^ChecksumBytes)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(^ChecksumBytes..)))
        {
            return null;
        }

        var reader = new RecordReader(bytes.AsSpan(..^ChecksumBytes));
        if (reader.Int32() != Version)
        {
            return null;
        }

        var names = new MeasurandId?[reader.Int32()];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = measurands.TryFind(reader.Text(), out var id) ? id : null;
        }

        while (!reader.IsAtEnd)
        {
            string site = reader.Text();
            string name = reader.Text();
            bool isKnown = assets.TryRegister(new Asset(AssetId.Of(site, name), name, AssetKind.Unknown) { IsSelfRegistered = true }, out var asset);
            for (int stretches = reader.Int32(); stretches > 0; stretches--)
            {
                var measurand = names[reader.Int32()];
                int from = reader.Int32();
                int to = reader.Int32();
                var newest = new Instant(reader.Int64());
                bool alsoHeld = reader.Byte() != 0;
                if (isKnown && measurand is { } known)
                {
                    marks.Add((asset, new Stretch(known, from, to, newest, alsoHeld)));
                }
            }
        }

        return marks;
    }

    /// <summary>Replaces the file; it survives a loss of power when this returns.</summary>
    /// <exception cref="IOException">The disk is full or failing; the file is as before.</exception>
    internal void Write(IReadOnlyList<(AssetHandle Asset, Stretch[] Stretches)> marks)
    {
        Directory.CreateDirectory(_folder);
        _buffer.Clear();
        _buffer.Write(Version);
        var indexes = marks.SelectMany(m => m.Stretches).Select(s => s.Measurand).Distinct().Select((id, i) => (id, i)).ToDictionary();
        _buffer.Write(indexes.Count);
        foreach (var (id, _) in indexes.OrderBy(i => i.Value))
        {
            _buffer.Write(measurands[id].Name);
        }

        foreach (var (asset, stretches) in marks)
        {
            var id = assets[asset].Id;
            _buffer.Write(id.Site);
            _buffer.Write(id.Name);
            _buffer.Write(stretches.Length);
            foreach (var stretch in stretches)
            {
                _buffer.Write(indexes[stretch.Measurand]);
                _buffer.Write(stretch.FromHour);
                _buffer.Write(stretch.ToHour);
                _buffer.Write(stretch.NewestAt.UnixMilliseconds);
                _buffer.Write(stretch.AlsoHeld ? (byte)1 : (byte)0);
            }
        }

        uint checksum = Crc32C.Of(_buffer.Written);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.Take(ChecksumBytes), checksum);
        string next = Path + ".tmp";
        using (var file = File.OpenHandle(next, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, _buffer.Written, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(next, Path, overwrite: true);
        FolderSync.Flush(_folder);
    }
}
