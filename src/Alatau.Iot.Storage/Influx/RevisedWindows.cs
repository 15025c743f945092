using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Influx;

/// <summary>Remembers the revision of windows that were written revised, since InfluxDB overwrites without looking: a lower one that comes late is not sent.</summary>
/// <remarks>
/// Bounded; the oldest are forgotten, and all at a restart. Then the order of the writer keeps the promise: windows of one asset are written one after another, and a replay ends
/// with the highest revision.
/// </remarks>
internal sealed class RevisedWindows
{
    /// <summary>Windows remembered; about 10 MB.</summary>
    internal const int Capacity = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Key, ushort> _stored = [];
    private readonly Queue<Key> _order = new();

    private readonly record struct Key(int Asset, ushort Measurand, WindowSpan Span, Instant Start);

    /// <summary>The windows of a batch that may be sent: none that this batch or an earlier one replaces. Null when all may.</summary>
    internal bool[]? Admit(List<WindowRow> rows)
    {
        Dictionary<Key, ushort>? inBatch = null;
        bool[]? admitted = null;
        lock (_gate)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                var key = KeyOf(rows[i]);
                ushort revision = rows[i].Update.Summary.Revision;
                bool isReplaced = (_stored.TryGetValue(key, out ushort stored) && revision <= stored) || (inBatch is not null && inBatch.TryGetValue(key, out ushort earlier) && revision <= earlier);
                if (isReplaced)
                {
                    if (admitted is null)
                    {
                        admitted = new bool[rows.Count];
                        Array.Fill(admitted, true);
                    }

                    admitted[i] = false;
                }
                else if (revision > 0)
                {
                    (inBatch ??= [])[key] = revision;
                }
            }
        }

        return admitted;
    }

    /// <summary>Remembers what has been stored.</summary>
    internal void Stored(List<WindowRow> rows)
    {
        lock (_gate)
        {
            foreach (var row in rows)
            {
                ushort revision = row.Update.Summary.Revision;
                if (revision == 0)
                {
                    continue;
                }

                var key = KeyOf(row);
                if (_stored.TryGetValue(key, out ushort before))
                {
                    _stored[key] = Math.Max(before, revision);
                    continue;
                }

                if (_order.Count == Capacity)
                {
                    _stored.Remove(_order.Dequeue());
                }

                _stored[key] = revision;
                _order.Enqueue(key);
            }
        }
    }

    private static Key KeyOf(in WindowRow row) => new(row.Asset.Index, row.Update.Measurand.Value, row.Update.Window.Span, row.Update.Window.Start);
}
