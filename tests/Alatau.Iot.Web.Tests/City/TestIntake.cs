using System.Text;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Runtime;

namespace Alatau.Iot.Web.Tests.City;

/// <summary>An entrance that remembers what came, and refuses payloads that say so.</summary>
internal sealed class TestIntake : ITelemetryIntake
{
    public List<(string Topic, string Payload)> Taken { get; } = [];

    public ValueTask<IntakeResult> AcceptAsync(ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, string client, CancellationToken cancellationToken)
    {
        string text = Encoding.UTF8.GetString(payload.Span);
        if (text.Contains("nonsense", StringComparison.Ordinal))
        {
            return ValueTask.FromResult(new IntakeResult(IntakeVerdict.Quarantined, QuarantineReason.Malformed, "The payload is no native telemetry at byte 1."));
        }

        if (text.Contains("crowd", StringComparison.Ordinal))
        {
            return ValueTask.FromResult(new IntakeResult(IntakeVerdict.Busy));
        }

        lock (Taken)
        {
            Taken.Add((Encoding.UTF8.GetString(topic.Span), text));
        }

        return ValueTask.FromResult(new IntakeResult(IntakeVerdict.Taken));
    }
}
