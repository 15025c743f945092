using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>Topics that name their asset, <c>alatau/v1/{site}/{asset}/telemetry</c>: found again by the asset's name alone, so that nobody has to remember them. Two bytes an asset. Any thread.</summary>
/// <remarks>What such a topic means is decided by the profiles, once for each asset; only an answer that the asset's own name leads to is kept.</remarks>
internal sealed class NamedTopics(AssetDirectory assets)
{
    private const ushort Unasked = 0;
    private const ushort NotByName = ushort.MaxValue;
    private const int MostRoles = NotByName - 1;

    private readonly Lock _gate = new();
    private ushort[] _roleOf = [];
    private TopicRole[] _roles = [];

    /// <summary>All of them as a filter.</summary>
    public static ReadOnlySpan<byte> Filter => "alatau/v1/+/+/telemetry"u8;

    private static ReadOnlySpan<byte> Prefix => "alatau/v1/"u8;

    private static ReadOnlySpan<byte> Suffix => "/telemetry"u8;

    /// <param name="resolver">Asked at an asset's first message.</param>
    /// <param name="mayRegister">Whether an asset that isn't known may become one by being asked for.</param>
    public bool TryFind(ReadOnlySpan<byte> topic, DeviceResolver resolver, bool mayRegister, out TelemetryBinding binding)
    {
        binding = default;
        if (topic.Length <= Prefix.Length + Suffix.Length || !topic.StartsWith(Prefix) || !topic.EndsWith(Suffix))
        {
            return false;
        }

        var name = topic[Prefix.Length..^Suffix.Length];
        bool isKnown = assets.TryFind(name, out var asset);
        ushort[] roleOf = Volatile.Read(ref _roleOf);
        int role = isKnown && asset.Index < roleOf.Length ? Volatile.Read(ref roleOf[asset.Index]) : Unasked;
        if (role == Unasked && (isKnown || (mayRegister && assets.Count < assets.Capacity && IsName(name))))
        {
            role = Ask(topic, name, resolver, out asset);
        }

        if (role is Unasked or NotByName)
        {
            return false;
        }

        binding = new TelemetryBinding(Volatile.Read(ref _roles)[role - 1], asset);
        return true;
    }

    /// <summary>Two parts as an asset has them: then the topic is a valid name, too.</summary>
    private static bool IsName(ReadOnlySpan<byte> name)
    {
        int slash = name.IndexOf((byte)'/');
        return slash > 0 && AssetId.IsPart(name[..slash]) && AssetId.IsPart(name[(slash + 1)..]);
    }

    private ushort Ask(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> name, DeviceResolver resolver, out AssetHandle asset)
    {
        var answer = resolver.Bind(topic);
        if (!assets.TryFind(name, out asset))
        {
            return Unasked;
        }

        lock (_gate)
        {
            if (asset.Index >= _roleOf.Length)
            {
                ushort[] longer = new ushort[Math.Max(asset.Index + 1, assets.Count + (assets.Count / 4))];
                _roleOf.CopyTo(longer, 0);
                Volatile.Write(ref _roleOf, longer);
            }

            ushort number = answer is { Kind: BindingKind.Device } found && found.Asset == asset && found.Role.IsShared ? NumberOf(found.Role) : NotByName;
            Volatile.Write(ref _roleOf[asset.Index], number);
            return number;
        }
    }

    private ushort NumberOf(TopicRole role)
    {
        int known = Array.IndexOf(_roles, role);
        if (known >= 0)
        {
            return (ushort)(known + 1);
        }

        if (_roles.Length == MostRoles)
        {
            return NotByName;
        }

        Volatile.Write(ref _roles, [.. _roles, role]);
        return (ushort)_roles.Length;
    }
}
