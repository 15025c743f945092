namespace Alatau.Iot.Ingest.Decoding;

/// <summary>Finds the name somebody probably meant.</summary>
internal static class ClosestName
{
    private const int LongestCompared = 64;

    /// <summary>The candidate with the fewest insertions, deletions and replacements, case aside (V. I. Levenshtein, 1966).</summary>
    /// <param name="name">What was written; cut after 64 characters.</param>
    /// <param name="candidates">At least one.</param>
    internal static string Of(string name, IReadOnlyList<string> candidates)
    {
        string cut = name.Length > LongestCompared ? name[..LongestCompared] : name;
        return candidates.MinBy(c => Distance(cut, c))!;
    }

    private static int Distance(string a, string b)
    {
        Span<int> row = stackalloc int[LongestCompared + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            row[i] = i;
        }

        for (int j = 1; j <= b.Length; j++)
        {
            int diagonal = row[0];
            row[0] = j;
            for (int i = 1; i <= a.Length; i++)
            {
                int replaced = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[i];
                row[i] = Math.Min(replaced, 1 + Math.Min(row[i], row[i - 1]));
            }
        }

        return row[a.Length];
    }
}
