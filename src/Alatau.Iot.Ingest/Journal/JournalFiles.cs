using System.Globalization;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>The records of a journal as its files lie on disk, read without opening it: nothing is written, locked or cut, and a platform may be running on it.</summary>
/// <remarks>One thread. What is being written while it is read may or may not be seen; records are whole or not there. Segments released meanwhile are passed over and counted.</remarks>
public sealed class JournalFiles : IDisposable
{
    private readonly List<(string Path, long First)> _files;
    private SegmentScanner? _scanner;
    private long _end;
    private long _last;
    private int _next;
    private int _unread;

    /// <param name="folder">The journal's own folder.</param>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public JournalFiles(string folder)
    {
        _files = [.. Directory.GetFiles(folder, "*" + Segment.Extension)
            .Select(path => (Path: path, First: long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long first) ? first : 0))
            .Where(file => file.First > 0)
            .OrderBy(file => file.First)];
    }

    /// <summary>Position of the oldest record there may be; what came before was released and deleted. 0 without any segment.</summary>
    public long FirstPosition => _files.Count == 0 ? 0 : _files[0].First;

    /// <summary>Segments found, and those of them that were gone or had no header when they were to be read.</summary>
    public (int Found, int Unread) Segments => (_files.Count, _unread);

    /// <summary>Records that damaged places have cost, by the positions that are missing.</summary>
    public long LostRecords { get; private set; }

    /// <summary>Whether a folder holds a journal's files.</summary>
    public static bool Exist(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*" + Segment.Extension).Any();

    /// <summary>The next record; its spans are valid until the next call. False at the end.</summary>
    public bool TryRead(out JournalRecord record)
    {
        while (_scanner is not null || OpenNext())
        {
            if (_scanner!.TryNext(_end, _last, out var bytes))
            {
                record = RecordFormat.Read(bytes);
                return true;
            }

            _scanner.Dispose();
            _scanner = null;
        }

        record = default;
        return false;
    }

    public void Dispose() => _scanner?.Dispose();

    private bool OpenNext()
    {
        while (_next < _files.Count)
        {
            var (path, first) = _files[_next++];
            try
            {
                if (ReadHeader(path, first) is not { } header)
                {
                    _unread++;
                    continue;
                }

                // The last segment ends where its last whole record ends; of the others the next one says which record was their last.
                _end = new FileInfo(path).Length;
                _last = _next == _files.Count ? long.MaxValue : Math.Max(first - 1, Math.Min(_files[_next].First - 1, ReadHeader(_files[_next].Path, _files[_next].First)?.Previous ?? long.MaxValue));
                _scanner = new SegmentScanner(new Segment(path, header), damage => LostRecords += damage.Lost);
                return true;
            }
            catch (FileNotFoundException)
            {
                _unread++;
            }
        }

        return false;
    }

    /// <summary>What the head of a segment's file says; null when it says nothing, or another first position than the file's name.</summary>
    internal static SegmentHeader? ReadHeader(string path, long first)
    {
        byte[] block = new byte[SegmentHeader.Block];
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        int read = RandomAccess.Read(file, block, 0);
        return SegmentHeader.TryRead(block.AsSpan(0, read), out var header) && header.First == first ? header : null;
    }
}
