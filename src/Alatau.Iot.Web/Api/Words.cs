using System.Text.Json;
using Alatau.Iot.Core.Readings;

namespace Alatau.Iot.Web.Api;

/// <summary>Closed sets as the API writes them: camel case.</summary>
internal static class Words
{
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static string Of(Quality quality) => quality switch
    {
        Quality.Good => "good",
        Quality.Estimated => "estimated",
        Quality.Uncertain => "uncertain",
        _ => "bad",
    };

    /// <summary>Reads a word of a closed set, without regard to case; numbers are no words.</summary>
    public static bool TryRead<T>(string word, out T value)
        where T : struct, Enum
    {
        value = default;
        return word.Length > 0 && char.IsAsciiLetter(word[0]) && Enum.TryParse(word, ignoreCase: true, out value) && Enum.IsDefined(value);
    }

    public static string All<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(v => Of(v)));
}
