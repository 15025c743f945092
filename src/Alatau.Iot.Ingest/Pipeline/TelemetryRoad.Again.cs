using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Ingest.Decoding;

namespace Alatau.Iot.Ingest.Pipeline;

/// <content>Messages that were set aside and are sent through again.</content>
public sealed partial class TelemetryRoad
{
    /// <summary>Sends a message out of the quarantine through again: written to the journal as what it is, then handed to its asset. If it still can't be taken nothing is written, counted or set aside.</summary>
    /// <param name="message">As it was when it arrived.</param>
    /// <param name="again">Its number, and whether the account holds it.</param>
    internal RoadAnswer Resend(TelemetryBinding binding, in RoadMessage message, in AgainMark again)
    {
        if (binding.Kind != BindingKind.Device)
        {
            return Refusal(binding);
        }

        if (!_runtime.HasRoom(binding.Asset))
        {
            (t_fullFor, t_journalFull) = (binding.Asset, false);
            return new RoadAnswer(IntakeVerdict.Busy);
        }

        int stripe = _gate.Enter();
        try
        {
            if (DecodeAgain(binding, message, out int assets) is { } refusal)
            {
                return refusal;
            }

            long position = 0;
            if (_journal is not null && !_journal.TryAppend(again.ToRecord(message), out position))
            {
                t_journalFull = true;
                return new RoadAnswer(IntakeVerdict.Busy);
            }

            PostAgain(binding, message, position, again.IsInAccount, assets);
            return new RoadAnswer(IntakeVerdict.Taken, position);
        }
        finally
        {
            _gate.Exit(stripe);
        }
    }

    /// <summary>Takes what <see cref="Resend"/> wrote out of the journal again.</summary>
    /// <returns>False when it can't be taken any more: then it stays in quarantine.</returns>
    public bool ReplayAgain(TelemetryBinding binding, in RoadMessage message, in AgainMark again, long position)
    {
        if (binding.Kind != BindingKind.Device || DecodeAgain(binding, message, out int assets) is not null)
        {
            return false;
        }

        PostAgain(binding, message, position, again.IsInAccount, assets);
        return true;
    }

    /// <summary>Whose topic it is; null when it is no known asset's.</summary>
    internal AssetHandle? AssetOf(ReadOnlySpan<byte> topic) => Bind(topic) is { Kind: BindingKind.Device } binding ? binding.Asset : null;

    private static RoadAnswer Refusal(TelemetryBinding binding) => binding.Kind switch
    {
        BindingKind.Unknown => new RoadAnswer(IntakeVerdict.Quarantined, 0, binding.Role.Reason, binding.Role.Detail),
        BindingKind.Ignored => new RoadAnswer(IntakeVerdict.Quarantined, 0, QuarantineReason.NothingMapped, "The profile says that this topic carries no reading."),
        _ => new RoadAnswer(IntakeVerdict.Quarantined, 0, QuarantineReason.UnknownTopic, "Only the platform publishes on this topic."),
    };

    /// <summary>Decodes into the thread's buffer.</summary>
    /// <param name="assets">How many assets it speaks for; each counts as a message.</param>
    /// <returns>Why it can't be taken; null when it can.</returns>
    private RoadAnswer? DecodeAgain(TelemetryBinding binding, in RoadMessage message, out int assets)
    {
        assets = 0;
        var result = Decode(binding, message, out var buffer);
        if (result.Outcome == DecodeOutcome.Quarantined)
        {
            return new RoadAnswer(IntakeVerdict.Quarantined, 0, result.Reason, result.Detail);
        }

        if (result.Outcome == DecodeOutcome.Ignored)
        {
            return new RoadAnswer(IntakeVerdict.Quarantined, 0, QuarantineReason.NothingMapped, "The profile says that such a message carries no reading.");
        }

        for (int i = 0; i < buffer.SegmentCount; i++)
        {
            assets += buffer.Segment(i).DeviceKey is not { } key || _devices.TryFindAsset(binding, key, out _) ? 1 : 0;
        }

        return assets > 0 ? null : new RoadAnswer(IntakeVerdict.Quarantined, 0, QuarantineReason.UnknownDevice, "No device in it is bound to an asset. Add it to a file under devices/fleets.");
    }

    private void PostAgain(TelemetryBinding binding, in RoadMessage message, long position, bool isInAccount, int assets)
    {
        // It was received once, as quarantined. First the account, then the asset: whoever reads it meanwhile sees the message waiting.
        _ledger.Received(message.Route, isInAccount ? assets - 1 : assets);
        if (isInAccount)
        {
            _ledger.Quarantined(message.Route, -1);
        }

        Post(binding, message, position, t_buffer!, isCounted: true);
    }
}
