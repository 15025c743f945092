using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Api;

/// <summary>Pages of alarm transitions out of the store, newest first; the API and the console turn them alike.</summary>
/// <remarks>A cursor is the instant of the last item and how many items of that instant were given: transitions may share one.</remarks>
internal static class TransitionPager
{
    /// <summary>Fewest transitions asked of the store at once.</summary>
    private const int Chunk = 200;

    /// <summary>Begins the query behind the last item of the page before.</summary>
    /// <returns>False when the cursor is none that this pager gave.</returns>
    public static bool TryBegin(string? cursor, ref TransitionQuery query, out int skip)
    {
        skip = 0;
        if (string.IsNullOrEmpty(cursor))
        {
            return true;
        }

        string[] parts = cursor.Split('.');
        if (parts.Length != 2
            || !long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long at)
            || Math.Abs(at) > 8_000_000_000_000
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out skip)
            || skip > 1_000_000)
        {
            return false;
        }

        query = query with { To = new Instant(at + 1) };
        return true;
    }

    /// <summary>Reads one page.</summary>
    /// <param name="query">Its limit is the size of the page.</param>
    /// <param name="skip">Transitions at the end of the span that were given before.</param>
    /// <param name="wanted">Which to take.</param>
    /// <param name="most">Most transitions to look at; the page may then be short, and its cursor goes on behind them.</param>
    /// <returns>The page, and the cursor of the next one; null on the last.</returns>
    /// <exception cref="StoreException">The store doesn't answer.</exception>
    public static async Task<(IReadOnlyList<AlarmTransition> Items, string? Next)> ReadAsync(
        IHistoryStore store, TransitionQuery query, int skip, Func<AlarmTransition, bool> wanted, int most, CancellationToken cancellationToken)
    {
        var items = new List<AlarmTransition>();
        int take = query.Limit;
        int looked = 0;
        while (true)
        {
            int asked = Math.Max(take, Chunk) + skip + 1;
            var found = await store.ReadTransitionsAsync(query with { Limit = asked }, cancellationToken);
            for (int i = skip; i < found.Count; i++, looked++)
            {
                if (items.Count == take || looked >= most)
                {
                    return (items, Cursor(found, i - 1, query, skip));
                }

                if (wanted(found[i]))
                {
                    items.Add(found[i]);
                }
            }

            if (found.Count < asked)
            {
                return (items, null);
            }

            var end = found[^1].At;
            skip = found.Reverse().TakeWhile(t => t.At == end).Count();
            query = query with { To = end + TimeSpan.FromMilliseconds(1) };
        }
    }

    /// <summary>Behind the item at <paramref name="last"/>; -1 when nothing of this answer was given, which leaves the place where it was.</summary>
    private static string Cursor(IReadOnlyList<AlarmTransition> found, int last, TransitionQuery query, int skip)
    {
        if (last < 0)
        {
            return Text(query.To.UnixMilliseconds - 1, skip);
        }

        var at = found[last].At;
        int seen = 0;
        for (int back = last; back >= 0 && found[back].At == at; back--)
        {
            seen++;
        }

        return Text(at.UnixMilliseconds, seen);
    }

    private static string Text(long at, int seen) => string.Create(CultureInfo.InvariantCulture, $"{at}.{seen}");
}
