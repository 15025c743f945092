using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Influx.Sites;

/// <summary>Windows of which rows were stored since their sites were summed. Any thread.</summary>
/// <remarks>A window rests until nothing was stored into it for <see cref="Quiet"/>, so that the thousand assets whose hour ends together are summed once; but no longer than <see cref="Longest"/>.</remarks>
internal sealed class TouchedWindows(TimeProvider time)
{
    internal static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<(WindowSpan Span, Instant Start), (long First, long Last)> _touched = [];

    /// <summary>Windows waiting.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _touched.Count;
            }
        }
    }

    /// <summary>Remembers the windows of stored rows.</summary>
    internal void Touch(List<WindowRow> rows)
    {
        long now = time.GetTimestamp();
        lock (_gate)
        {
            foreach (var row in rows)
            {
                Touch(row.Update.Window.Span, row.Update.Window.Start, now);
            }
        }
    }

    /// <summary>Remembers all windows that start in a stretch of time.</summary>
    internal void Touch(WindowSpan span, Instant from, Instant to)
    {
        long now = time.GetTimestamp();
        lock (_gate)
        {
            long length = span.Milliseconds();
            for (long at = from.UnixMilliseconds / length * length; at < to.UnixMilliseconds; at += length)
            {
                Touch(span, new Instant(at), now);
            }
        }
    }

    /// <summary>Takes what has rested long enough, oldest first.</summary>
    internal List<(WindowSpan Span, Instant Start)> Take()
    {
        long now = time.GetTimestamp();
        lock (_gate)
        {
            var due = _touched.Where(each => time.GetElapsedTime(each.Value.Last, now) >= Quiet || time.GetElapsedTime(each.Value.First, now) >= Longest).Select(each => each.Key).ToList();
            due.ForEach(key => _touched.Remove(key));
            due.Sort((a, b) => (a.Span, a.Start).CompareTo((b.Span, b.Start)));
            return due;
        }
    }

    private void Touch(WindowSpan span, Instant start, long now) =>
        _touched[(span, start)] = _touched.TryGetValue((span, start), out var before) ? (before.First, now) : (now, now);
}
