using System.Globalization;

namespace Alatau.Iot.Ingest.Decoding.Json;

/// <summary>Reads paths such as <c>ENERGY.Power</c>, <c>em:0.a_act_power</c>, <c>rxInfo[0].rssi</c>, <c>["a.b"].c</c>, <c>Power[*]</c>.</summary>
internal static class JsonPath
{
    /// <summary>Largest index, exclusive.</summary>
    internal const int MaximumIndex = 1000;

    /// <summary>One step: a member's name, an index, or -1 for <c>[*]</c>.</summary>
    internal readonly record struct Step(string? Name, int Index)
    {
        internal bool IsEach => Name is null && Index < 0;
    }

    /// <summary>Reads a path; the empty text is the whole document. Null when it is none.</summary>
    internal static List<Step>? Parse(string text)
    {
        var steps = new List<Step>();
        int at = 0;
        while (at < text.Length)
        {
            if (text[at] == '[')
            {
                int end = text.IndexOf(at + 1 < text.Length && text[at + 1] == '"' ? "\"]" : "]", at + 1, StringComparison.Ordinal);
                if (end < 0)
                {
                    return null;
                }

                string inner = text[(at + 1)..end];
                if (inner.StartsWith('"'))
                {
                    steps.Add(new Step(inner[1..], 0));
                    at = end + 2;
                    continue;
                }

                int index = -1;
                if (inner != "*" && (!int.TryParse(inner, NumberStyles.None, CultureInfo.InvariantCulture, out index) || index >= MaximumIndex))
                {
                    return null;
                }

                steps.Add(new Step(null, index));
                at = end + 1;
                continue;
            }

            if (steps.Count > 0)
            {
                if (text[at] != '.')
                {
                    return null;
                }

                at++;
                if (at < text.Length && text[at] == '[')
                {
                    continue;
                }
            }

            int stop = text.AsSpan(at).IndexOfAny('.', '[');
            stop = stop < 0 ? text.Length : at + stop;
            if (stop == at)
            {
                return null;
            }

            steps.Add(new Step(text[at..stop], 0));
            at = stop;
        }

        return steps.Count(s => s.IsEach) > 1 || text.EndsWith('.') ? null : steps;
    }
}
