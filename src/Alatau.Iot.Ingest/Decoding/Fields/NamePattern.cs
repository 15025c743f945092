using System.Text;

namespace Alatau.Iot.Ingest.Decoding.Fields;

/// <summary>A name in which each <c>*</c> stands for any text, even none: <c>*/voltage</c>. Case counts.</summary>
internal sealed class NamePattern
{
    private readonly byte[][] _parts;

    internal NamePattern(string text)
    {
        Text = text;
        _parts = [.. text.Split('*').Select(Encoding.UTF8.GetBytes)];
    }

    internal string Text { get; }

    internal bool Matches(ReadOnlySpan<byte> name)
    {
        if (_parts.Length == 1)
        {
            return name.SequenceEqual(_parts[0]);
        }

        if (!name.StartsWith(_parts[0]))
        {
            return false;
        }

        name = name[_parts[0].Length..];
        foreach (byte[] part in _parts.AsSpan(1, _parts.Length - 2))
        {
            int at = name.IndexOf(part);
            if (at < 0)
            {
                return false;
            }

            name = name[(at + part.Length)..];
        }

        return name.EndsWith(_parts[^1]);
    }
}
