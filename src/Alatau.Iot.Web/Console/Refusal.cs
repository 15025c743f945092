using System.Globalization;
using Alatau.Iot.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alatau.Iot.Web.Console;

/// <summary>Why a form was refused, carried as a word of a closed set in the address of the page that the browser goes back to, so that no address can put words of its own into a page.</summary>
internal static class Refusal
{
    public const string Parameter = "refused";

    private const char CountMark = '.';

    /// <summary>The word for a refusal of the desk, and how many alarms it met.</summary>
    public static string Word(ProblemHttpResult problem, int count)
    {
        string? field = problem.ProblemDetails.Extensions.TryGetValue("errors", out object? errors) && errors is IReadOnlyDictionary<string, string[]> { Count: > 0 } named ? named.Keys.First() : null;
        string word = field ?? problem.ProblemDetails.Type?[Problems.TypeOf("").Length..] ?? "";
        return string.Create(CultureInfo.InvariantCulture, $"{word}{CountMark}{count}");
    }

    /// <summary>The sentence for a word; empty for none.</summary>
    public static string Text(string? word)
    {
        if (string.IsNullOrEmpty(word))
        {
            return "";
        }

        int mark = word.IndexOf(CountMark, StringComparison.Ordinal);
        string many = mark > 0 && int.TryParse(word.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 1 ? $" ({Figure.Count(count)} alarms)" : "";
        string sentence = (mark > 0 ? word[..mark] : word) switch
        {
            "by" => "Not done: say who you are, in at most 100 characters.",
            "why" => "Not done: give a reason, in at most 500 characters.",
            "for" => "Not done: shelve for a time up to 24 hours.",
            "none" => "Not done: no alarm is ticked.",
            "action" => "Not done: that is nothing one can do to an alarm.",
            "not-allowed" => "Not done: the alarm's state doesn't allow it.",
            "unknown-alarm" => "Not done: the alarm is over.",
            "journal-unavailable" => "Not done: the journal takes nothing at the moment. Try again when the platform is well.",
            _ => "Not done.",
        };
        return sentence + many;
    }
}
