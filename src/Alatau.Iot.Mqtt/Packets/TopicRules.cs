using System.Buffers;
using System.Text.Unicode;

namespace Alatau.Iot.Mqtt.Packets;

/// <summary>The rules for topic names and filters (MQTT 5.0, section 4.7), on UTF-8 bytes.</summary>
public static class TopicRules
{
    private static readonly SearchValues<byte> Forbidden = SearchValues.Create("+#\0"u8);

    /// <summary>Well-formed UTF-8 without surrogates and without U+0000 (1.5.4).</summary>
    public static bool IsText(ReadOnlySpan<byte> text) => !text.Contains((byte)0) && Utf8.IsValid(text);

    /// <summary>A topic name that may stand in a PUBLISH: not empty, at most 65,535 bytes, no wildcard, well-formed text.</summary>
    public static bool IsName(ReadOnlySpan<byte> topic)
        => topic.Length is > 0 and <= ushort.MaxValue && topic.IndexOfAny(Forbidden) < 0 && Utf8.IsValid(topic);

    /// <summary>A topic filter: <c>#</c> alone in the last level, <c>+</c> alone in its level (4.7.1).</summary>
    public static bool IsFilter(ReadOnlySpan<byte> filter)
    {
        if (filter.Length is 0 or > ushort.MaxValue || !IsText(filter))
            return false;
        for (int index = 0; index < filter.Length; index++)
        {
            byte letter = filter[index];
            if (letter is not ((byte)'+' or (byte)'#'))
                continue;
            bool begins = index == 0 || filter[index - 1] == '/';
            bool ends = index == filter.Length - 1 || (letter == '+' && filter[index + 1] == '/');
            if (!begins || !ends)
                return false;
        }

        return true;
    }

    /// <summary>Splits <c>$share/group/filter</c> (4.8.2); <paramref name="group"/> is empty for an ordinary filter.</summary>
    /// <returns>False when the text starts with <c>$share/</c> but isn't a well-formed shared subscription, or the filter is not valid.</returns>
    public static bool TrySplitShared(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> group, out ReadOnlySpan<byte> filter)
    {
        group = default;
        filter = text;
        if (text.StartsWith("$share/"u8))
        {
            ReadOnlySpan<byte> rest = text[7..];
            int slash = rest.IndexOf((byte)'/');
            if (slash <= 0 || rest[..slash].IndexOfAny((byte)'+', (byte)'#') >= 0)
                return false;
            group = rest[..slash];
            filter = rest[(slash + 1)..];
        }

        return IsFilter(filter);
    }

    /// <summary>Does the valid name match the valid filter? A leading wildcard doesn't match a name that begins with <c>$</c> (4.7.2).</summary>
    public static bool Matches(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> topic)
    {
        if (topic.IsEmpty || filter.IsEmpty || (topic[0] == '$' && filter[0] is (byte)'+' or (byte)'#'))
            return false;
        while (true)
        {
            if (filter is [(byte)'#'])
                return true;
            ReadOnlySpan<byte> level = TakeLevel(ref filter, out bool moreFilter);
            ReadOnlySpan<byte> name = TakeLevel(ref topic, out bool moreTopic);
            if (level is not [(byte)'+'] && !level.SequenceEqual(name))
                return false;
            if (!moreTopic)
                return !moreFilter || filter is [(byte)'#'];
            if (!moreFilter)
                return false;
        }
    }

    /// <summary>Does every topic that <paramref name="filter"/> can match also match <paramref name="allowed"/>? Both are valid filters.</summary>
    public static bool Covers(ReadOnlySpan<byte> allowed, ReadOnlySpan<byte> filter)
    {
        if (allowed.IsEmpty || filter.IsEmpty || (allowed[0] is (byte)'+' or (byte)'#' && filter[0] == '$'))
            return false;
        while (true)
        {
            if (allowed is [(byte)'#'])
                return true;
            if (filter is [(byte)'#'])
                return false;
            ReadOnlySpan<byte> permitted = TakeLevel(ref allowed, out bool moreAllowed);
            ReadOnlySpan<byte> asked = TakeLevel(ref filter, out bool moreFilter);
            if (permitted is not [(byte)'+'] && !permitted.SequenceEqual(asked))
                return false;
            if (!moreFilter)
                return !moreAllowed || allowed is [(byte)'#'];
            if (!moreAllowed)
                return false;
        }
    }

    /// <summary>Takes the first level off; <paramref name="more"/> says whether a separator followed (the rest may then be an empty level).</summary>
    internal static ReadOnlySpan<byte> TakeLevel(ref ReadOnlySpan<byte> rest, out bool more)
    {
        int slash = rest.IndexOf((byte)'/');
        more = slash >= 0;
        ReadOnlySpan<byte> level = more ? rest[..slash] : rest;
        rest = more ? rest[(slash + 1)..] : default;
        return level;
    }
}
