using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Ingest.Decoding;
using Alatau.Iot.Mqtt.Server;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>What the road knows of one topic: whose it is and who decodes it, or why it can't be taken. Immutable, shared by all connections.</summary>
public sealed class TelemetryBinding : TopicBinding
{
    private TelemetryBinding(BindingKind kind) => Kind = kind;

    internal BindingKind Kind { get; }

    internal AssetHandle Asset { get; private init; }

    /// <summary>Set when <see cref="Kind"/> is <see cref="BindingKind.Device"/>.</summary>
    internal PayloadDecoder? Decoder { get; private init; }

    /// <summary>The profile's name; empty when no profile fits.</summary>
    internal string Profile { get; private init; } = "";

    /// <summary>Zone of the device's local times.</summary>
    internal TimeZoneInfo Zone { get; private init; } = TimeZoneInfo.Utc;

    /// <summary>For <see cref="BindingKind.Unknown"/>: the reason for quarantine.</summary>
    internal QuarantineReason Reason { get; private init; }

    /// <summary>For <see cref="BindingKind.Unknown"/>: what is wrong and the cure.</summary>
    internal string Detail { get; private init; } = "";

    /// <summary>Topic that a Sparkplug node takes commands on; null for all others.</summary>
    internal string? CommandTopic { get; private init; }

    /// <summary>A topic that the profile names as carrying nothing.</summary>
    internal static TelemetryBinding Ignored { get; } = new(BindingKind.Ignored);

    /// <summary>A topic that only the platform itself may publish on.</summary>
    internal static TelemetryBinding Reserved { get; } = new(BindingKind.Reserved);

    internal static TelemetryBinding Unknown(QuarantineReason reason, string detail) => new(BindingKind.Unknown) { Reason = reason, Detail = detail };

    internal static TelemetryBinding Device(AssetHandle asset, PayloadDecoder decoder, string profile, TimeZoneInfo zone, string? commandTopic) =>
        new(BindingKind.Device) { Asset = asset, Decoder = decoder, Profile = profile, Zone = zone, CommandTopic = commandTopic };
}

/// <summary>What a topic is to the road.</summary>
internal enum BindingKind : byte
{
    Device,
    Ignored,
    Reserved,
    Unknown,
}
