using Alatau.Iot.Core.Quarantine;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>What a topic is to the road, without the asset: one object for all topics of a profile that need no decoder of their own. Immutable.</summary>
internal sealed class TopicRole
{
    private TopicRole(BindingKind kind) => Kind = kind;

    public BindingKind Kind { get; }

    /// <summary>Set when <see cref="Kind"/> is <see cref="BindingKind.Device"/>.</summary>
    public DeviceSpeech? Speech { get; private init; }

    /// <summary>Whether all topics of its profile and zone have this role.</summary>
    public bool IsShared { get; private init; }

    /// <summary>For <see cref="BindingKind.Unknown"/>: the reason for quarantine.</summary>
    public QuarantineReason Reason { get; private init; }

    /// <summary>For <see cref="BindingKind.Unknown"/>: what is wrong and the cure.</summary>
    public string Detail { get; private init; } = "";

    /// <summary>A topic that the profile names as carrying nothing.</summary>
    public static TopicRole Ignored { get; } = new(BindingKind.Ignored);

    /// <summary>A topic that only the platform itself may publish on.</summary>
    public static TopicRole Reserved { get; } = new(BindingKind.Reserved);

    public static TopicRole Unknown(QuarantineReason reason, string detail) => new(BindingKind.Unknown) { Reason = reason, Detail = detail };

    public static TopicRole Device(DeviceSpeech speech, bool isShared) => new(BindingKind.Device) { Speech = speech, IsShared = isShared };
}
