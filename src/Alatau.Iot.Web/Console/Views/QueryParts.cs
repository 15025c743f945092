using System.Globalization;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Web.Api;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>Reads the query of a page part by part and remembers what it could not read.</summary>
internal sealed class QueryParts(IQueryCollection query)
{
    private const int LongestText = 100;

    private readonly List<string> _unread = [];

    /// <summary>What was left out, as sentences for people.</summary>
    public IReadOnlyList<string> Unread => _unread;

    /// <summary>A word of a closed set; null when it is absent or means nothing.</summary>
    public T? Word<T>(string name)
        where T : struct, Enum
    {
        string? text = query[name].FirstOrDefault();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (Words.TryRead<T>(text, out var value))
        {
            return value;
        }

        _unread.Add($"There is no {name} '{Short(text)}': it was left out. One of {Words.All<T>()}.");
        return null;
    }

    public string? Site()
    {
        string? site = query["site"].FirstOrDefault();
        if (string.IsNullOrEmpty(site) || AssetId.IsPart(site))
        {
            return string.IsNullOrEmpty(site) ? null : site;
        }

        _unread.Add($"'{Short(site)}' can't be a district: it was left out.");
        return null;
    }

    public string? Text()
    {
        string? text = query["q"].FirstOrDefault()?.Trim();
        if (text is { Length: > LongestText })
        {
            _unread.Add(string.Create(CultureInfo.InvariantCulture, $"The text has more than {LongestText} characters: it was left out."));
            return null;
        }

        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>From 1; 1 when absent or unreadable.</summary>
    public int Page() => int.TryParse(query["page"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out int page) && page is > 0 and < 1_000_000 ? page : 1;

    /// <summary>The parts that are there as a query string with its question mark; empty when none is.</summary>
    public static string Join(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var text = new System.Text.StringBuilder();
        foreach (var (name, value) in parts)
        {
            if (value is not null)
            {
                text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return text.ToString();
    }

    private static string Short(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
