using System.Text;

namespace Alatau.Iot.Ingest.Decoding.Topics;

/// <summary>A topic with places for names: <c>tele/{device}/SENSOR</c>.</summary>
/// <remarks>
/// Levels: a literal; <c>{name}</c> one level; <c>{name:prefix*}</c> one level that begins so; <c>{name...}</c> one level or more, once in a template; <c>+</c> one
/// level without a name; <c>#</c> at the end, the rest. Of several templates that match, the one that is more literal wins, seen from the left.
/// </remarks>
internal sealed class TopicTemplate
{
    /// <summary>Most levels of a topic; a deeper one matches nothing.</summary>
    internal const int MaximumLevels = 64;

    private readonly TopicLevel[] _levels;
    private readonly byte[][] _texts;
    private readonly int _many;

    private TopicTemplate(string text, TopicLevel[] levels)
    {
        Text = text;
        _levels = levels;
        Names = [.. levels.Where(l => l.Name is { Length: > 0 }).Select(l => l.Name)];
        _texts = [.. levels.Select(l => Encoding.UTF8.GetBytes(l.Text))];
        _many = Array.FindIndex(levels, l => l.Kind is TopicLevelKind.Many or TopicLevelKind.Rest);
    }

    internal string Text { get; }

    /// <summary>Names of the places that capture, from left to right.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>The MQTT topic filter that covers it.</summary>
    internal string Filter
    {
        get
        {
            var parts = new List<string>();
            foreach (var level in _levels)
            {
                if (level.Kind is TopicLevelKind.Many or TopicLevelKind.Rest)
                {
                    parts.Add("#");
                    break;
                }

                parts.Add(level.Kind == TopicLevelKind.Literal ? level.Text : "+");
            }

            return string.Join('/', parts);
        }
    }

    /// <summary>Reads a template; null and the problem when it is none.</summary>
    internal static TopicTemplate? Parse(string text, out string problem)
    {
        problem = "";
        string[] parts = text.Split('/');
        var levels = new TopicLevel[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            string part = parts[i];
            if (part == "#" && i == parts.Length - 1)
            {
                levels[i] = new TopicLevel(TopicLevelKind.Rest, "", "");
            }
            else if (part == "+")
            {
                levels[i] = new TopicLevel(TopicLevelKind.One, "", "");
            }
            else if (part.StartsWith('{') && part.EndsWith('}'))
            {
                levels[i] = Capture(part[1..^1]);
                if (levels[i].Name.Length == 0 || !levels[i].Name.All(char.IsAsciiLetterOrDigit))
                {
                    problem = $"'{part}' names nothing: write {{device}}, {{device...}} or {{device:prefix*}}";
                }
            }
            else if (part.IndexOfAny(['{', '}', '+', '#']) >= 0)
            {
                problem = $"'{part}' mixes text and wildcard: a level is one or the other, # stands only at the end";
            }
            else
            {
                levels[i] = new TopicLevel(TopicLevelKind.Literal, "", part);
            }
        }

        if (text.Length == 0 || parts.Length > MaximumLevels)
        {
            problem = "A template needs 1 to 64 levels";
        }
        else if (levels.Count(l => l.Kind is TopicLevelKind.Many or TopicLevelKind.Rest) > 1)
        {
            problem = "Only one level may stand for several";
        }
        else if (levels.Where(l => l.Name is { Length: > 0 }).GroupBy(l => l.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twin)
        {
            problem = $"{{{twin.Key}}} stands there twice";
        }

        return problem.Length == 0 ? new TopicTemplate(text, levels) : null;
    }

    /// <summary>Matches a topic of which <paramref name="ends"/> gives the end of each level.</summary>
    /// <param name="topic">UTF-8.</param>
    /// <param name="ends">Exclusive end of each level.</param>
    internal bool Matches(ReadOnlySpan<byte> topic, ReadOnlySpan<int> ends) => Matches(topic, ends, wanted: null, out _);

    /// <summary>The text at the place named <paramref name="name"/> of a topic that matches.</summary>
    /// <returns>False when there is no such place.</returns>
    internal bool TryCapture(ReadOnlySpan<byte> topic, string name, out ReadOnlySpan<byte> text)
    {
        Span<int> ends = stackalloc int[MaximumLevels];
        Matches(topic, ends[..Split(topic, ends)], name, out var place);
        text = topic[place];
        return !text.IsEmpty;
    }

    private bool Matches(ReadOnlySpan<byte> topic, ReadOnlySpan<int> ends, string? wanted, out Range place)
    {
        place = default;
        int spare = ends.Length - _levels.Length;
        bool rest = _many >= 0 && _levels[_many].Kind == TopicLevelKind.Rest;
        if (_many < 0 ? spare != 0 : spare < (rest ? -1 : 0))
        {
            return false;
        }

        for (int i = 0, at = 0; i < _levels.Length; i++)
        {
            if (i == _many && rest)
            {
                break;
            }

            int from = at == 0 ? 0 : ends[at - 1] + 1;
            at += i == _many ? spare + 1 : 1;
            var span = topic[from..ends[at - 1]];
            var level = _levels[i];
            bool fits = level.Kind switch
            {
                TopicLevelKind.Literal => span.SequenceEqual(_texts[i]),
                TopicLevelKind.Prefixed => span.StartsWith(_texts[i]),
                _ => !span.IsEmpty,
            };
            if (!fits)
            {
                return false;
            }

            if (wanted is not null && level.Name == wanted)
            {
                place = from..ends[at - 1];
            }
        }

        return true;
    }

    /// <summary>Sorts the template that wins first. Zero means that both match the same topics.</summary>
    internal static int Compare(TopicTemplate left, TopicTemplate right)
    {
        var (ours, theirs) = (left._levels, right._levels);
        for (int i = 0; i < Math.Min(ours.Length, theirs.Length); i++)
        {
            var (a, b) = (ours[i], theirs[i]);
            int order = a.Kind != b.Kind ? b.Kind.CompareTo(a.Kind)
                : a.Text.Length != b.Text.Length ? b.Text.Length.CompareTo(a.Text.Length)
                : string.CompareOrdinal(a.Text, b.Text);
            if (order != 0)
            {
                return order;
            }
        }

        return theirs.Length.CompareTo(ours.Length);
    }

    /// <summary>Ends of the levels of a topic.</summary>
    /// <returns>How many levels; 0 when more than <paramref name="ends"/> can hold.</returns>
    internal static int Split(ReadOnlySpan<byte> topic, Span<int> ends)
    {
        int count = 0;
        for (int at = 0; ; count++)
        {
            if (count == ends.Length)
            {
                return 0;
            }

            int slash = topic[at..].IndexOf((byte)'/');
            ends[count] = slash < 0 ? topic.Length : at + slash;
            if (slash < 0)
            {
                return count + 1;
            }

            at += slash + 1;
        }
    }

    private static TopicLevel Capture(string inner)
    {
        if (inner.EndsWith("...", StringComparison.Ordinal))
        {
            return new TopicLevel(TopicLevelKind.Many, inner[..^3], "");
        }

        int colon = inner.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && inner.EndsWith('*') && inner.Length > colon + 2
            ? new TopicLevel(TopicLevelKind.Prefixed, inner[..colon], inner[(colon + 1)..^1])
            : new TopicLevel(TopicLevelKind.One, inner, "");
    }
}
