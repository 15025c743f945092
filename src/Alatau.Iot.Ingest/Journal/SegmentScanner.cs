using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>Reads the records of one segment in order and steps over damage. One thread.</summary>
/// <remarks>
/// Behind bytes that are no record it looks at every multiple of 8 for the next one: magic, length and checksum must be right, and the position must not have been passed.
/// Zeros are space that was never written.
/// </remarks>
internal sealed class SegmentScanner : IDisposable
{
    private const int WindowBytes = 256 << 10;

    private readonly Segment _segment;
    private readonly SafeFileHandle _file;
    private readonly Action<Damage> _onDamage;
    private byte[] _window = new byte[WindowBytes];
    private int _start;
    private int _count;
    private long _offset;
    private long _damagedFrom = -1;
    private long _dirtyEnd;

    public SegmentScanner(Segment segment, Action<Damage> onDamage)
    {
        _segment = segment;
        _onDamage = onDamage;
        _file = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _offset = segment.Header.DataOffset;
        Expected = segment.First;
        ValidEnd = _offset;
    }

    /// <summary>Position of the record that comes next when nothing is damaged.</summary>
    public long Expected { get; private set; }

    /// <summary>Where the last whole record ended.</summary>
    public long ValidEnd { get; private set; }

    /// <summary>Bytes that are no record and no zeros behind the last whole record, once <see cref="TryNext"/> has said false with no known last position.</summary>
    public long TornBytes { get; private set; }

    /// <summary>The next whole record; its bytes are valid until the next call.</summary>
    /// <param name="end">Read no further than this offset.</param>
    /// <param name="last">Position of the last record that belongs to this segment, or <see cref="long.MaxValue"/> when the end is to be found.</param>
    public bool TryNext(long end, long last, out ReadOnlySpan<byte> record)
    {
        record = default;
        while (Expected <= last && _offset + RecordFormat.HeaderBytes <= end)
        {
            var header = Need(RecordFormat.HeaderBytes, end);
            if (header.Length < RecordFormat.HeaderBytes)
            {
                break;
            }

            int size = RecordFormat.ClaimedSize(header, out long position);
            if (size > 0 && position >= Expected && position <= last && _offset + size <= end)
            {
                var bytes = Need(size, end);
                if (bytes.Length == size && RecordFormat.IsWhole(bytes, _segment.Header.Seed))
                {
                    Report(_offset, position - Expected);
                    record = bytes;
                    Expected = position + 1;
                    Advance(size);
                    ValidEnd = _offset;
                    return true;
                }
            }

            Skip();
        }

        Finish(end, last);
        return false;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Goes to the next multiple of 8 that may begin a record.</summary>
    private void Skip()
    {
        var seen = _window.AsSpan(_start, _count & ~7);
        if (BinaryPrimitives.ReadInt64LittleEndian(seen) != 0)
        {
            if (_damagedFrom < 0)
            {
                _damagedFrom = _offset;
            }

            Advance(8);
            _dirtyEnd = _offset;
            return;
        }

        int zeros = seen.IndexOfAnyExcept((byte)0);
        Advance(zeros < 0 ? seen.Length : zeros & ~7);
    }

    private void Finish(long end, long last)
    {
        if (last == long.MaxValue)
        {
            if (end > _offset && Need((int)Math.Min(end - _offset, RecordFormat.HeaderBytes), end).IndexOfAnyExcept((byte)0) >= 0)
            {
                _dirtyEnd = end;
            }

            TornBytes = Math.Max(0, _dirtyEnd - ValidEnd);
        }
        else if (Expected <= last)
        {
            Report(end, last + 1 - Expected);
            Expected = last + 1;
        }
    }

    private void Report(long until, long lost)
    {
        if (_damagedFrom >= 0 || lost > 0)
        {
            _onDamage(new Damage(_segment.Path, ValidEnd, until - ValidEnd, Expected, lost));
            _damagedFrom = -1;
        }
    }

    /// <summary>The next bytes of the file, fewer when it ends before.</summary>
    private ReadOnlySpan<byte> Need(int bytes, long end)
    {
        if (_count < bytes)
        {
            if (_window.Length < bytes)
            {
                Array.Resize(ref _window, (int)Math.Min(Array.MaxLength, Math.Max(_window.Length * 2L, bytes)));
            }

            _window.AsSpan(_start, _count).CopyTo(_window);
            _start = 0;
            while (_count < bytes)
            {
                int room = (int)Math.Min(_window.Length - _count, end - _offset - _count);
                int read = room <= 0 ? 0 : RandomAccess.Read(_file, _window.AsSpan(_count, room), _offset + _count);
                if (read == 0)
                {
                    return _window.AsSpan(0, _count);
                }

                _count += read;
            }
        }

        return _window.AsSpan(_start, bytes);
    }

    private void Advance(int bytes)
    {
        _start += bytes;
        _count -= bytes;
        _offset += bytes;
    }
}
