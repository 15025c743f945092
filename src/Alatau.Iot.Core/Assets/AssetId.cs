using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Alatau.Iot.Core.Assets;

/// <summary>Name of an asset: its site and its own name in that site, written <c>site/asset</c>.</summary>
/// <remarks>Each part has 1 to 64 characters out of <c>A-Z a-z 0-9 - _ .</c>, so that it can stand in a topic, a path and a line of InfluxDB without escaping.</remarks>
public readonly record struct AssetId
{
    /// <summary>Longest part, in characters.</summary>
    public const int MaximumPartLength = 64;

    private static readonly SearchValues<byte> s_partBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    private AssetId(string site, string name) => (Site, Name) = (site, name);

    public string Site { get; }

    public string Name { get; }

    /// <summary>Makes an id of two parts.</summary>
    /// <exception cref="ArgumentException">A part is empty, too long, or has a character that isn't allowed.</exception>
    public static AssetId Of(string site, string name) =>
        TryOf(site, name, out var id) ? id : throw new ArgumentException($"'{site}/{name}' is no asset id: each part needs 1 to {MaximumPartLength} characters out of A-Z a-z 0-9 - _ .", nameof(name));

    /// <summary>Makes an id of two parts, or says false when one isn't allowed.</summary>
    public static bool TryOf(string? site, string? name, out AssetId id)
    {
        bool valid = IsPart(site) && IsPart(name);
        id = valid ? new AssetId(site!, name!) : default;
        return valid;
    }

    /// <summary>Reads <c>site/asset</c>.</summary>
    public static bool TryParse(string? text, out AssetId id)
    {
        id = default;
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return slash > 0 && TryOf(text![..slash], text[(slash + 1)..], out id);
    }

    /// <summary>Whether <paramref name="part"/> may be a site's or an asset's name.</summary>
    public static bool IsPart([NotNullWhen(true)] string? part)
    {
        if (string.IsNullOrEmpty(part) || part.Length > MaximumPartLength || part is "." or "..")
        {
            return false;
        }

        foreach (char c in part)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>As <see cref="IsPart(string?)"/>, of bytes.</summary>
    public static bool IsPart(ReadOnlySpan<byte> part) => part.Length is > 0 and <= MaximumPartLength && !part.ContainsAnyExcept(s_partBytes) && !part.SequenceEqual("."u8) && !part.SequenceEqual(".."u8);

    public override string ToString() => $"{Site}/{Name}";
}
