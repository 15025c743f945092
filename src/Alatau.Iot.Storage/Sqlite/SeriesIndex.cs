using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Storage.Sqlite;

/// <summary>Number of each series in the file, by handle and measurand; what was asked once stays in memory. Owned by the writer's thread.</summary>
internal sealed class SeriesIndex
{
    private readonly AssetDirectory _assets;
    private readonly MeasurandCatalog _measurands;
    private readonly SqliteStatement _last;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _insert;
    private Entry[]?[] _known = new Entry[1024][];
    private long? _nextId;

    internal SeriesIndex(SqliteConnection connection, AssetDirectory assets, MeasurandCatalog measurands)
    {
        (_assets, _measurands) = (assets, measurands);
        _find = connection.Prepare("SELECT id FROM series WHERE site = ? AND asset = ? AND measurand = ?");
        _insert = connection.Prepare("INSERT INTO series(id, site, asset, measurand) VALUES(?, ?, ?, ?)");
        _last = connection.Prepare("SELECT coalesce(max(id), 0) FROM series");
    }

    private readonly record struct Entry(ushort Measurand, int Id);

    /// <summary>The series' number; enters it into the file when it is new.</summary>
    internal int Of(AssetHandle asset, MeasurandId measurand)
    {
        if (asset.Index < _known.Length && _known[asset.Index] is { } entries)
        {
            foreach (var entry in entries)
            {
                if (entry.Measurand == measurand.Value)
                {
                    return entry.Id;
                }
            }
        }

        return Learn(asset, measurand);
    }

    /// <summary>Forgets what may have been rolled back with its transaction.</summary>
    internal void Forget()
    {
        Array.Clear(_known);
        _nextId = null;
    }

    private int Learn(AssetHandle asset, MeasurandId measurand)
    {
        var id = _assets[asset].Id;
        string name = _measurands[measurand].Name;
        _find.Bind(1, id.Site);
        _find.Bind(2, id.Name);
        _find.Bind(3, name);
        long series = 0;
        if (_find.Next())
        {
            series = _find.Integer(0);
            _find.Reset();
        }
        else
        {
            series = NextId();
            _insert.Bind(1, series);
            _insert.Bind(2, id.Site);
            _insert.Bind(3, id.Name);
            _insert.Bind(4, name);
            _insert.Run();
            _nextId = series + 1;
        }

        if (asset.Index >= _known.Length)
        {
            Array.Resize(ref _known, Math.Max(asset.Index + 1, _known.Length * 2));
        }

        _known[asset.Index] = [.. _known[asset.Index] ?? [], new Entry(measurand.Value, checked((int)series))];
        return (int)series;
    }

    private long NextId()
    {
        if (_nextId is { } next)
        {
            return next;
        }

        _last.Next();
        long last = _last.Integer(0);
        _last.Reset();
        return last + 1;
    }
}
