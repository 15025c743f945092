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
                return _kept.GroupBy(m => m.Reason).ToDictionary(g => g.Key, g => (long)g.Count());
            }
        }
    }

    public void Add(Instant receivedAt, byte route, string client, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, QuarantineReason reason, string detail)
    {
        lock (_kept)
        {
            _kept.Add(new QuarantinedMessage(_kept.Count + 1, receivedAt, route == 0 ? "mqtt" : "http", client, Encoding.UTF8.GetString(topic), payload.ToArray(), reason, detail));
        }
    }

    public IReadOnlyList<QuarantinedMessage> List(long before, int limit)
    {
        lock (_kept)
        {
            return [.. _kept.Where(m => m.Number < before).Reverse().Take(limit)];
        }
    }
}
