using System.Net;
using System.Net.Sockets;

namespace Alatau.Iot.Notifications.Webhook;

/// <summary>Which addresses a webhook may be sent to: all public ones, and those not public that the settings allow.</summary>
/// <remarks>Not public are the ranges of the IANA special-purpose registries (RFC 6890 and its successors) and multicast. An address of version 4 that is wrapped in one of version 6 (mapped, NAT64, 6to4) is judged by what is inside.</remarks>
internal sealed class AddressPolicy(IReadOnlyList<IPNetwork> allowed)
{
    private static readonly IPNetwork[] s_special =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        ]).Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork s_nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork s_localNat64 = IPNetwork.Parse("64:ff9b:1::/48");
    private static readonly IPNetwork s_sixToFour = IPNetwork.Parse("2002::/16");

    public bool Allows(IPAddress address)
    {
        var inner = Unwrap(address);
        return !IsSpecial(inner) || allowed.Any(n => n.BaseAddress.AddressFamily == inner.AddressFamily && n.Contains(inner));
    }

    /// <summary>Whether the address is not one of the public internet.</summary>
    public static bool IsPrivate(IPAddress address) => IsSpecial(Unwrap(address));

    private static bool IsSpecial(IPAddress address) => s_special.Any(n => n.BaseAddress.AddressFamily == address.AddressFamily && n.Contains(address));

    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        byte[] bytes = address.GetAddressBytes();
        bool isCompatible = bytes.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0 && bytes.AsSpan(12, 3).IndexOfAnyExcept((byte)0) >= 0;
        return s_nat64.Contains(address) || s_localNat64.Contains(address) || isCompatible ? new IPAddress(bytes.AsSpan(12, 4))
            : s_sixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4))
            : address;
    }
}
