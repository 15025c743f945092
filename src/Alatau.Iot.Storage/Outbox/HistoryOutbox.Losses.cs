using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Outbox;

/// <content>Messages whose rows can't be read any more: found, counted as quarantined, written down in one step with the outbox's place, and told.</content>
public sealed partial class HistoryOutbox
{
    private readonly Dictionary<string, long> _lost = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _spilledMessages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _leftMessages = new(StringComparer.Ordinal);
    private Dictionary<string, long> _sureMessages = new(StringComparer.Ordinal);
    private long _sure;

    /// <summary>Messages whose rows were lost here since the outbox was made, by the name of their route. They are quarantined (<see cref="QuarantineReason.LostInOutbox"/>) and never count as stored.</summary>
    public IReadOnlyDictionary<string, long> LostMessages
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, long>(_lost, StringComparer.Ordinal);
            }
        }
    }

    private static void Add(Dictionary<string, long> to, IEnumerable<(string Route, long Messages)> messages, int sign = 1)
    {
        foreach (var (route, count) in messages)
        {
            to[route] = to.GetValueOrDefault(route) + (sign * count);
        }
    }

    private static IEnumerable<(string Route, long Messages)> Pairs(Dictionary<string, long> messages) => messages.Select(m => (m.Key, m.Value));

    private void Lose(OutboxLoss loss)
    {
        Add(_lost, loss.Messages);
        foreach (var (route, messages) in loss.Messages)
        {
            _ledger.Quarantined(_ledger.Route(route), messages);
        }
    }

    private void WritePlace(bool isFlushed) => _cursor.Write(new OutboxPlace(_acknowledged, _sure, Due(), _lost), isFlushed || _lost.Count > 0);

    // False when the disk took no word of it, so that the records must stay.
    private bool TryWritePlace()
    {
        try
        {
            WritePlace(isFlushed: false);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fail(exception);
            if (_lost.Count > 0)
            {
                return false;
            }

            // Some rows go to the store once more after a restart, which changes nothing there.
            _cursor.Forget();
            return true;
        }
    }

    private Dictionary<string, long> Due()
    {
        var due = new Dictionary<string, long>(StringComparer.Ordinal);
        if (_acknowledged < _sure)
        {
            Add(due, Pairs(_sureMessages));
            Add(due, Pairs(_leftMessages), -1);
        }

        return due.Where(d => d.Value > 0).ToDictionary(StringComparer.Ordinal);
    }

    // A place without a header hides what no header from there on speaks of.
    private OutboxLoss Hidden(OutboxChunk chunk, out long records)
    {
        var hidden = new Dictionary<string, long>(_messages, StringComparer.Ordinal);
        Add(hidden, Pairs(chunk.Messages), -1);
        records = 0;
        long offset = chunk.NextOffset;
        foreach (var segment in _segments)
        {
            while (offset < segment.Length)
            {
                if (segment.ReadHeader(offset) is { } header && offset + header.TotalLength <= segment.Length)
                {
                    Add(hidden, header.Messages, -1);
                    records++;
                    offset += header.TotalLength;
                }
                else
                {
                    offset = segment.FindHeader(offset + 1, segment.Length);
                }
            }

            offset = OutboxSegment.HeadLength;
        }

        return new OutboxLoss(chunk.HiddenAt!, "no record starts there", [.. Pairs(hidden).Where(h => h.Messages > 0)]);
    }

    // What a checkpoint may have relied on and a start didn't find. The account is restored after this.
    private void FindMissing(OutboxPlace place)
    {
        Add(_lost, place.Lost.Where(l => l.Value > 0).Select(l => (l.Key, l.Value)));
        var missing = new Dictionary<string, long>(place.Due, StringComparer.Ordinal);
        Add(missing, Pairs(_sureMessages), -1);
        var loss = new OutboxLoss($"'{_folder}'", "records that a checkpoint relied on are not there", [.. Pairs(missing).Where(m => m.Messages > 0)]);
        if (loss.Messages.Count > 0)
        {
            Add(_lost, loss.Messages);
            WritePlace(isFlushed: true);
            Tell([loss]);
        }

        // A kill came between writing a loss down and telling it.
        if (_quarantine is not null && _lost.Values.Sum() - _quarantine.Counts.GetValueOrDefault(QuarantineReason.LostInOutbox) is > 0 and var untold)
        {
            _quarantine.AddLost(Instant.Now(_time), Ledger.Apart, untold, $"Rows of messages were lost in '{_folder}' before the last start; the log of then says where.");
        }
    }

    private void Tell(IEnumerable<OutboxLoss> losses)
    {
        foreach (var loss in losses)
        {
            foreach (var (route, messages) in loss.Messages)
            {
                OutboxLog.Lost(_logger, messages, route, loss.Place, loss.Reason);
                _quarantine?.AddLost(
                    Instant.Now(_time),
                    _ledger.Route(route),
                    messages,
                    string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{messages} messages were acknowledged, and the last of their rows waited for the store in {loss.Place}: {loss.Reason}. These rows are not in the store. A damaged file is put aside as .damaged; check the disk."));
            }
        }
    }
}
