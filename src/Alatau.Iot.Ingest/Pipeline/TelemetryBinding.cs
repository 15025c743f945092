using Alatau.Iot.Core.Assets;
using Alatau.Iot.Mqtt.Server;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>What the road knows of one topic: whose it is and who decodes it, or why it can't be taken.</summary>
public readonly record struct TelemetryBinding
{
    internal TelemetryBinding(TopicRole role, AssetHandle asset = default) => (Role, Asset) = (role, asset);

    internal TopicRole Role { get; }

    /// <summary>Meaningful for <see cref="BindingKind.Device"/>.</summary>
    internal AssetHandle Asset { get; }

    internal BindingKind Kind => Role.Kind;

    /// <summary>As the MQTT server keeps it with the topic; the default for null.</summary>
    internal static TopicBinding ToTopic(TelemetryBinding? binding) => binding is { } known ? new TopicBinding(known.Role, known.Asset.Index) : default;

    /// <summary>As it was given to the server; null when the topic isn't the road's.</summary>
    internal static TelemetryBinding? Of(in TopicBinding binding) =>
        binding.Road is TopicRole role ? new TelemetryBinding(role, new AssetHandle(binding.Number)) : null;
}

/// <summary>What a topic is to the road.</summary>
internal enum BindingKind : byte
{
    Device,
    Ignored,
    Reserved,
    Unknown,
}
