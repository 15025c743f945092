using System.Text;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Tests.City;

/// <summary>Quarantine in a list.</summary>
internal sealed class ListedQuarantine : IQuarantine
{
    private readonly List<QuarantinedMessage> _kept = [];

    public IReadOnlyDictionary<QuarantineReason, long> Counts
    {
        get
        {
            lock (_kept)
            {
                return _kept.GroupBy(m => m.Reason).ToDictionary(g => g.Key, g => g.Sum(m => m.Messages));
            }
        }
    }

    public void Add(Instant receivedAt, byte route, string client, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, QuarantineReason reason, string detail, long position)
    {
        lock (_kept)
        {
            _kept.Add(new QuarantinedMessage(_kept.Count + 1, receivedAt, route == 0 ? "mqtt" : "http", client, Encoding.UTF8.GetString(topic), payload.ToArray(), reason, detail));
        }
    }

    public void AddLost(Instant at, byte route, long messages, string detail)
    {
        lock (_kept)
        {
            _kept.Add(new QuarantinedMessage(_kept.Count + 1, at, route == 0 ? "mqtt" : "http", "", "", ReadOnlyMemory<byte>.Empty, QuarantineReason.LostInOutbox, detail) { IsCut = true, Messages = messages });
        }
    }

    public bool MarkReplayed(long number)
    {
        lock (_kept)
        {
            int at = _kept.FindIndex(m => m.Number == number && !m.IsReplayed);
            if (at >= 0)
            {
                _kept[at] = _kept[at] with { IsReplayed = true };
            }

            return at >= 0;
        }
    }

    public int MarkReplayed(IReadOnlyList<long> numbers) => numbers.Count(MarkReplayed);

    public bool Holds(long position)
    {
        lock (_kept)
        {
            return position > 0 && _kept.Any(m => m.Position == position);
        }
    }

    public IReadOnlyList<QuarantinedMessage> List(long before, int limit, bool alsoReplayed = false)
    {
        lock (_kept)
        {
            return [.. _kept.Where(m => m.Number < before && (alsoReplayed || !m.IsReplayed)).Reverse().Take(limit)];
        }
    }
}
