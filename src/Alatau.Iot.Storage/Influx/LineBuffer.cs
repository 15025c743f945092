using System.Buffers.Text;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Alatau.Iot.Storage.Influx;

/// <summary>The lines of one request in UTF-8, with the place where each ends. Reused; grows to the largest request and stays.</summary>
internal sealed class LineBuffer : IDisposable
{
    private const int NumberRoom = 32;

    private readonly List<int> _ends = [];
    private readonly MemoryStream _compressed = new();
    private byte[] _bytes = new byte[256 * 1024];
    private int _length;
    private bool _hasField;

    /// <summary>Whole lines.</summary>
    internal int Count => _ends.Count;

    internal void Clear()
    {
        _length = 0;
        _ends.Clear();
    }

    /// <summary>Starts a line with its measurement and tags, escaped, without the blank after them.</summary>
    internal void Begin(ReadOnlySpan<byte> head)
    {
        _hasField = false;
        Append(head);
    }

    /// <summary>Adds a tag; name escaped and with its equals sign, value escaped.</summary>
    internal void Tag(ReadOnlySpan<byte> nameAndEquals, ReadOnlySpan<byte> value)
    {
        Append(","u8);
        Append(nameAndEquals);
        Append(value);
    }

    /// <summary>Adds a number; NaN and the infinities, which the format can't carry, are left out.</summary>
    internal void Field(ReadOnlySpan<byte> nameAndEquals, double value)
    {
        if (!double.IsFinite(value))
        {
            return;
        }

        Separate();
        Append(nameAndEquals);
        Reserve(NumberRoom);
        long whole = (long)value;
        int written;
        if (whole == value && Math.Abs(whole) < 1_000_000_000_000_000)
        {
            Utf8Formatter.TryFormat(whole, _bytes.AsSpan(_length), out written);
        }
        else
        {
            value.TryFormat(_bytes.AsSpan(_length), out written, default, CultureInfo.InvariantCulture);
        }

        _length += written;
    }

    /// <summary>Adds a text; escaped here.</summary>
    internal void Field(ReadOnlySpan<byte> nameAndEquals, string text)
    {
        Separate();
        Append(nameAndEquals);
        Append("\""u8);
        Append(LineProtocol.EscapeText(text));
        Append("\""u8);
    }

    /// <summary>Ends the line. A line without a field is taken back.</summary>
    internal void End(long unixMilliseconds)
    {
        if (!_hasField)
        {
            _length = _ends.Count == 0 ? 0 : _ends[^1];
            return;
        }

        Append(" "u8);
        Reserve(NumberRoom);
        Utf8Formatter.TryFormat(unixMilliseconds, _bytes.AsSpan(_length), out int written);
        _length += written;
        Append("\n"u8);
        _ends.Add(_length);
    }

    /// <summary>Some of the lines, as they are sent.</summary>
    internal ReadOnlyMemory<byte> Slice(int from, int count)
    {
        int start = from == 0 ? 0 : _ends[from - 1];
        return _bytes.AsMemory(start, _ends[from + count - 1] - start);
    }

    /// <summary>Some of the lines, compressed; valid until the next call.</summary>
    internal ReadOnlyMemory<byte> Compress(int from, int count)
    {
        _compressed.SetLength(0);
        using (var gzip = new GZipStream(_compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Slice(from, count).Span);
        }

        return _compressed.GetBuffer().AsMemory(0, (int)_compressed.Length);
    }

    /// <summary>Copies some of the lines into an empty buffer without one field of one measurement, whose texts go to <paramref name="removed"/>. For lines of numbers only.</summary>
    /// <param name="measurement">Escaped.</param>
    /// <param name="fieldAndEquals">Escaped.</param>
    internal void CopyWithout(int from, int count, LineBuffer target, ReadOnlySpan<byte> measurement, ReadOnlySpan<byte> fieldAndEquals, List<string> removed)
    {
        for (int i = from; i < from + count; i++)
        {
            var line = Slice(i, 1).Span;
            int fields = EndOfTags(line) + 1;
            int at = line.StartsWith(measurement) && line[measurement.Length] == ',' ? FindField(line, fields, fieldAndEquals) : -1;
            if (at < 0)
            {
                target.Append(line);
                target._ends.Add(target._length);
                continue;
            }

            int end = at + line[at..].IndexOfAny((byte)',', (byte)' ');
            int stamp = line.LastIndexOf((byte)' ');
            removed.Add(Encoding.UTF8.GetString(line[..fields]) + Encoding.UTF8.GetString(line[at..end]) + Encoding.UTF8.GetString(line[stamp..^1]));
            if (at == fields && end == stamp)
            {
                continue;
            }

            // The comma goes with the field: the one after it, or the one before the last.
            target.Append(line[..(end == stamp ? at - 1 : at)]);
            target.Append(line[(end == stamp ? end : end + 1)..]);
            target._ends.Add(target._length);
        }
    }

    internal string Text(int line) => Encoding.UTF8.GetString(Slice(line, 1).Span).TrimEnd('\n');

    public void Dispose() => _compressed.Dispose();

    private static int EndOfTags(ReadOnlySpan<byte> line)
    {
        int at = line.IndexOf((byte)' ');
        while (line[at - 1] == '\\')
        {
            at += 1 + line[(at + 1)..].IndexOf((byte)' ');
        }

        return at;
    }

    private static int FindField(ReadOnlySpan<byte> line, int fields, ReadOnlySpan<byte> fieldAndEquals)
    {
        for (int at = fields; ;)
        {
            if (line[at..].StartsWith(fieldAndEquals))
            {
                return at;
            }

            int comma = line[at..].IndexOf((byte)',');
            if (comma < 0)
            {
                return -1;
            }

            at += comma + 1;
        }
    }

    private void Separate()
    {
        Append(_hasField ? ","u8 : " "u8);
        _hasField = true;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int room)
    {
        if (_bytes.Length - _length < room)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + room));
        }
    }
}
