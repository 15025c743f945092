using System.Globalization;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Recording;

/// <summary>The files of the quarantine, oldest first: append-only, each named by its first message's number. One thread appends; any may read.</summary>
internal sealed class QuarantineSegments : IDisposable
{
    private const long MaximumSegmentBytes = 16 * 1024 * 1024;
    private const int SegmentsWhenFull = 8;
    private const string Prefix = "quarantine-";
    private const string Extension = ".log";

    // "AQ" and the version of the format.
    private static readonly byte[] s_head = [(byte)'A', (byte)'Q', 0, 1];

    private readonly string _folder;
    private readonly int _maximumMessages;
    private readonly List<(string Path, int Messages)> _segments = [];
    private readonly Action<string> _beforeDelete;
    private readonly MemoryStream _buffer = new();
    private readonly TimeSpan _maximumSpan;
    private FileStream? _file;
    private Instant _fileBegan;

    /// <param name="beforeDelete">Told the path of a file that is about to go.</param>
    internal QuarantineSegments(string folder, int maximumMessages, TimeSpan maximumAge, Action<string> beforeDelete)
    {
        (_folder, _maximumMessages, _maximumSpan, _beforeDelete) = (folder, maximumMessages, maximumAge / SegmentsWhenFull, beforeDelete);
        Directory.CreateDirectory(folder);
    }

    /// <summary>Number of the first message the newest file may hold; 0 without one. Its name keeps it when all messages are gone.</summary>
    internal long LastBegan => _segments.Count == 0 ? 0 : NumberOf(_segments[^1].Path);

    /// <summary>Reads every whole record, oldest first. A torn tail or a damaged rest of a file is passed over and named in <paramref name="faults"/>.</summary>
    internal IEnumerable<(QuarantinedMessage Message, long[] Counts, string Path, long Offset)> ReadAll(List<string> faults)
    {
        foreach (string path in Directory.GetFiles(_folder, Prefix + "*" + Extension).Order(StringComparer.Ordinal))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] head = new byte[s_head.Length];
            int messages = 0;
            if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || !head.AsSpan().SequenceEqual(s_head))
            {
                faults.Add($"'{path}' is no quarantine file of this version and is passed over.");
            }
            else
            {
                long offset = file.Position;
                while (QuarantineRecord.Read(file) is { } record)
                {
                    yield return (record.Message, record.Counts, path, offset);
                    messages++;
                    offset = file.Position;
                }

                if (offset < file.Length)
                {
                    faults.Add(string.Create(CultureInfo.InvariantCulture, $"'{path}' is torn or damaged from byte {offset}: {file.Length - offset} bytes are passed over."));
                }
            }

            _segments.Add((path, messages));
        }
    }

    /// <summary>Appends messages and lets the oldest files go. Returns when the bytes are on disk.</summary>
    /// <returns>Where each message lies.</returns>
    /// <exception cref="IOException">The disk is full or gone; nothing of this call counts as kept.</exception>
    /// <param name="counts">The counts before; when the call returns, with the messages.</param>
    internal List<(string Path, long Offset)> Append(IReadOnlyList<QuarantinedMessage> messages, Span<long> counts)
    {
        var places = new List<(string, long)>(messages.Count);
        var (open, end, segments, kept) = (_file?.Name, _file?.Position ?? 0, _segments.Count, _segments.Count > 0 ? _segments[^1].Messages : 0);
        try
        {
            foreach (var message in messages)
            {
                if (IsFull || message.ReceivedAt - _fileBegan >= _maximumSpan)
                {
                    Roll(message.Number);
                    _fileBegan = message.ReceivedAt;
                }

                places.Add((_file!.Name, _file.Position));
                _buffer.SetLength(0);
                counts[(int)message.Reason] += message.Messages;
                QuarantineRecord.Write(_buffer, message, counts);
                _file.Write(_buffer.GetBuffer(), 0, (int)_buffer.Length);
                _segments[^1] = (_segments[^1].Path, _segments[^1].Messages + 1);
            }

            _file?.Flush(flushToDisk: true);
            return places;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Abandon();
            TakeBack(open, end, segments, kept);
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>Whether <see cref="DeleteBefore"/> would let a file go.</summary>
    /// <param name="first">Number of the first message that is still kept.</param>
    /// <param name="next">Number the next message gets.</param>
    internal bool HasBefore(long first, long next) =>
        _segments.Count > 1 ? NumberOf(_segments[1].Path) <= first || first >= next : _segments.Count == 1 && first >= next && _segments[0].Messages > 0;

    /// <summary>Lets the files go that hold no message any more that is kept. When that is none, an empty file stays, whose name says the next number.</summary>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    internal void DeleteBefore(long first, long next)
    {
        if (first >= next && LastBegan < next)
        {
            Roll(next);
            _file!.Flush(flushToDisk: true);
        }

        while (_segments.Count > 1 && NumberOf(_segments[1].Path) <= first)
        {
            DeleteFirst();
        }
    }

    internal static QuarantinedMessage? Read(string path, long offset)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Position = offset;
            return QuarantineRecord.Read(file)?.Message;
        }
        catch (IOException)
        {
            // Its file went with the oldest messages since the number was looked up.
            return null;
        }
    }

    /// <summary>Journal positions in a file, without zeros.</summary>
    internal static List<long> ReadPositions(string path)
    {
        var positions = new List<long>();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 128 * 1024);
        file.Position = s_head.Length;
        while (QuarantineRecord.Read(file) is { } record)
        {
            if (record.Message.Position > 0)
            {
                positions.Add(record.Message.Position);
            }
        }

        return positions;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _buffer.Dispose();
    }

    private void Abandon()
    {
        try
        {
            _file?.Dispose();
        }
        catch (IOException)
        {
            // Told by the exception under way.
        }

        _file = null;
    }

    /// <summary>Cuts off what a failed call has written, so that the same messages can be tried again. The next message begins a new file.</summary>
    private void TakeBack(string? open, long end, int segments, int kept)
    {
        try
        {
            for (; _segments.Count > segments; _segments.RemoveAt(_segments.Count - 1))
            {
                File.Delete(_segments[^1].Path);
            }

            if (open is not null && _segments.Count > 0 && _segments[^1].Path == open)
            {
                using var file = new FileStream(open, FileMode.Open, FileAccess.Write, FileShare.Read | FileShare.Delete);
                file.SetLength(end);
                _segments[^1] = (open, kept);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Records of it may be there twice then: the second of a number is passed over when they are read.
        }
    }

    private bool IsFull => _file is null || _file.Position >= MaximumSegmentBytes || _segments[^1].Messages >= Math.Max(1, _maximumMessages / SegmentsWhenFull);

    private void Roll(long number)
    {
        _file?.Flush(flushToDisk: true);
        _file?.Dispose();
        _file = null;
        string path = Path.Combine(_folder, Prefix + number.ToString("D20", CultureInfo.InvariantCulture) + Extension);
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete, 128 * 1024);
        _segments.RemoveAll(segment => segment.Path == path);
        _segments.Add((path, 0));
        _file.Write(s_head);
        FolderSync.Flush(_folder);
        while (_segments.Skip(1).Sum(segment => segment.Messages) >= _maximumMessages)
        {
            DeleteFirst();
        }
    }

    private void DeleteFirst()
    {
        _beforeDelete(_segments[0].Path);
        File.Delete(_segments[0].Path);
        _segments.RemoveAt(0);
    }

    private static long NumberOf(string path) => long.TryParse(Path.GetFileNameWithoutExtension(path.AsSpan())[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
