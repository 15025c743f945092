using System.Runtime.InteropServices;
using System.Text;

namespace Alatau.Iot.Core.Assets;

/// <summary>The name of an asset as bytes: <c>site/asset</c> in UTF-8, as it stands in a topic.</summary>
internal static class AssetName
{
    /// <summary>Bytes of the longest name.</summary>
    public const int MaximumBytes = (2 * AssetId.MaximumPartLength) + 1;

    /// <returns>Bytes written.</returns>
    public static int Write(AssetId id, Span<byte> name)
    {
        int slash = Encoding.ASCII.GetBytes(id.Site, name);
        name[slash] = (byte)'/';
        return slash + 1 + Encoding.ASCII.GetBytes(id.Name, name[(slash + 1)..]);
    }

    public static bool Is(AssetId id, ReadOnlySpan<byte> name)
    {
        int slash = id.Site.Length;
        return name.Length == slash + 1 + id.Name.Length && name[slash] == (byte)'/' && Ascii.Equals(name[(slash + 1)..], id.Name) && Ascii.Equals(name[..slash], id.Site);
    }

    /// <summary>The framework's string hash (Marvin32, keyed for each process), so that nobody can choose names that collide; two bytes pass as one character.</summary>
    public static int Hash(ReadOnlySpan<byte> name)
    {
#pragma warning disable MA0021 // A span has no StringComparer; this hash is ordinal.
        int hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(name));
#pragma warning restore MA0021
        return (name.Length & 1) == 0 ? hash : (hash * 31) ^ name[^1];
    }
}
